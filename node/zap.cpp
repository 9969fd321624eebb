#include "node/zap.hpp"

#include <array>
#include <unordered_map>
#include <vector>

#include <zmq_addon.hpp>

namespace grapevine::node {

namespace {

/// A question as RFC 27 frames it: version, request, domain, address, routing id, mechanism, credentials.
struct Question {
  std::string request;
  std::string domain;
  std::string mechanism;
  std::string credentials;
};

std::optional<Question> read_question(zmq::socket_t& socket) {
  std::vector<zmq::message_t> frames;
  if (!zmq::recv_multipart(socket, std::back_inserter(frames), zmq::recv_flags::dontwait))
    return std::nullopt;
  // libzmq itself writes these; a shape we do not know is refused below by its empty mechanism.
  if (frames.size() != 7) return Question{frames.size() > 1 ? frames[1].to_string() : "", "", "", ""};
  return Question{frames[1].to_string(), frames[2].to_string(), frames[5].to_string(), frames[6].to_string()};
}

}  // namespace

zmq::socket_t make_zap_socket(zmq::context_t& context) {
  zmq::socket_t socket(context, zmq::socket_type::rep);
  socket.set(zmq::sockopt::linger, 0);
  socket.bind("inproc://zeromq.zap.01");
  return socket;
}

bool answer_zap(zmq::socket_t& socket, std::string_view domain, const Admission& admission) {
  const auto question = read_question(socket);
  if (!question) return false;
  std::optional<Fixed<32>> user;
  if (question->mechanism == "CURVE" && question->domain == domain) {
    if (const auto key = Fixed<32>::of(view(question->credentials))) user = admission(TransportKey{*key});
  }
  const std::array<std::string, 6> answer{"1.0",
                                          question->request,
                                          user ? "200" : "400",
                                          user ? "OK" : "not a member",
                                          user ? to_hex(user->view()) : "",
                                          ""};
  for (std::size_t i = 0; i < answer.size(); ++i)
    socket.send(zmq::buffer(answer[i]),
                i + 1 < answer.size() ? zmq::send_flags::sndmore : zmq::send_flags::none);
  return true;
}

std::optional<Fixed<32>> user_of(const zmq::message_t& frame) {
  const char* user = zmq_msg_gets(frame.handle(), "User-Id");
  const auto bytes = from_hex(user == nullptr ? "" : user);
  const auto id = bytes ? Fixed<32>::of(*bytes) : Result<Fixed<32>>(fail(bytes.error()));
  return id ? std::optional(*id) : std::nullopt;
}

Zap::Zap(zmq::context_t& context)
    : thread_([socket = make_zap_socket(context), this]() mutable { guard(std::move(socket), rows_); }) {}

Zap::~Zap() {
  rows_.close();
}

bool Zap::admit(const TransportKey& key, const NodeId& node) {
  return rows_.put({key, node});
}
bool Zap::forget(const TransportKey& key) {
  return rows_.put({key, std::nullopt});
}

void Zap::guard(zmq::socket_t socket, Inbox<Row>& rows) {
  std::unordered_map<TransportKey, NodeId, FirstBytes> table;
  const auto take_rows = [&] {
    for (const Row& row : rows.take_all(queued_max)) {
      table.erase(row.key);
      if (row.node && table.size() < rows_max) table.emplace(row.key, *row.node);
    }
  };
  const Admission user_of = [&](const TransportKey& key) -> std::optional<Fixed<32>> {
    take_rows();  // whoever was admitted before the question was asked is known now
    const auto found = table.find(key);
    if (found == table.end()) return std::nullopt;
    return found->second.value;
  };
  std::array<zmq_pollitem_t, 2> waits{
      {{socket.handle(), 0, ZMQ_POLLIN, 0}, {nullptr, rows.readable(), ZMQ_POLLIN, 0}}};
  while (!rows.is_closed()) {
    zmq_poll(waits.data(), static_cast<int>(waits.size()), -1);
    take_rows();
    while (answer_zap(socket, mesh_domain, user_of)) {
    }
  }
}

}  // namespace grapevine::node
