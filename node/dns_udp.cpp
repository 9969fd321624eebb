#include "node/dns_udp.hpp"

#include <algorithm>

namespace grapevine::node {

namespace {

constexpr int receive_buffer_bytes = 1 << 20;  // some thousand questions may wait while news is taken in

}  // namespace

DnsUdp::DnsUdp(const Endpoint& listen) : socket_(bind_dns(listen, SOCK_DGRAM)), slots_(batch_max) {
  ::setsockopt(socket_.number(), SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof receive_buffer_bytes);
  for (std::size_t i = 0; i < batch_max; ++i) {
    Slot& slot = slots_[i];
    slot.query_at = {slot.query.data(), slot.query.size()};
    incoming_[i].msg_hdr.msg_name = &slot.source;
    incoming_[i].msg_hdr.msg_iov = &slot.query_at;
    incoming_[i].msg_hdr.msg_iovlen = 1;
  }
}

void DnsUdp::serve(const DnsAnswer& answer) {
  for (std::size_t batch = 0; batch < batches_a_turn; ++batch) {
    const std::size_t received = receive();
    std::size_t answers = 0;
    for (std::size_t i = 0; i < received; ++i) {
      Slot& slot = slots_[i];
      const View query(slot.query.data(), incoming_[i].msg_len);
      slot.answer = answer(query, dns::Via::udp, address_of(slot.source));
      if (slot.answer.empty()) continue;
      slot.answer_at = {slot.answer.data(), slot.answer.size()};
      msghdr& out = outgoing_[answers++].msg_hdr;
      out = {};
      out.msg_name = &slot.source;
      out.msg_namelen = incoming_[i].msg_hdr.msg_namelen;
      out.msg_iov = &slot.answer_at;
      out.msg_iovlen = 1;
    }
    send(answers);
    if (received < batch_max) return;
  }
}

std::size_t DnsUdp::receive() {
  for (auto& message : incoming_) message.msg_hdr.msg_namelen = sizeof(sockaddr_storage);
  const int received = ::recvmmsg(socket_.number(), incoming_.data(), batch_max, MSG_DONTWAIT, nullptr);
  return static_cast<std::size_t>(std::max(received, 0));
}

// The first that cannot be sent ends a call; it is passed over.
void DnsUdp::send(std::size_t count) {
  for (std::size_t sent = 0; sent < count;) {
    const int more =
        ::sendmmsg(socket_.number(), &outgoing_[sent], static_cast<unsigned>(count - sent), MSG_DONTWAIT);
    sent += static_cast<std::size_t>(std::max(more, 1));
  }
}

}  // namespace grapevine::node
