// DNS over UDP: takes what has come in batches, one system call in and one out, so that a flood of small
// questions costs as little as the kernel allows. An answer that the kernel does not take at once is dropped;
// whoever asked asks again.
#pragma once

#include "node/dns_socket.hpp"

#include <array>

#include <sys/socket.h>

namespace grapevine::node {

class DnsUdp {
 public:
  static constexpr std::size_t batch_max = 32;
  static constexpr std::size_t batches_a_turn = 8;      // then it is the turn of TCP and of news
  static constexpr std::size_t query_bytes_max = 4096;  // more cannot be a question; it is read as cut off

  explicit DnsUdp(const Endpoint& listen);
  DnsUdp(const DnsUdp&) = delete;
  DnsUdp& operator=(const DnsUdp&) = delete;

  void serve(const DnsAnswer& answer);
  std::uint16_t port() const { return port_of(socket_); }
  /// For poll().
  int readable() const { return socket_.number(); }

 private:
  struct Slot {
    std::array<std::uint8_t, query_bytes_max> query;
    sockaddr_storage source;
    iovec query_at;
    Bytes answer;
    iovec answer_at;
  };
  std::size_t receive();
  void send(std::size_t count);

  Descriptor socket_;
  std::vector<Slot> slots_;
  std::array<mmsghdr, batch_max> incoming_{};
  std::array<mmsghdr, batch_max> outgoing_{};
};

}  // namespace grapevine::node
