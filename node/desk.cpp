#include "node/desk.hpp"

#include "crypto/match.hpp"
#include "node/api_keys.hpp"
#include "node/api_mesh.hpp"
#include "node/api_routes.hpp"
#include "node/doctor.hpp"

namespace grapevine::node {

namespace {

/// The loop did not take the question: it is ending, or far behind.
ApiError nobody_home() {
  return {.status = 503,
          .type = "draining",
          .code = "draining",
          .message = "this node is starting, ending or far behind; try again",
          .retry_after = 5s};
}

ApiError no_seat() {
  return api_error(
      moa::Refused{moa::Refused::Reason::too_many, 1s, "too many questions and listeners at once"});
}

ApiResponse response_of(Result<std::string, ApiError> made) {
  if (!made) return to_response(made.error());
  ApiResponse response;
  response.body = *std::move(made);
  return response;
}

}  // namespace

Reply Desk::take(const ApiRequest& request) {
  if (const auto refusal = gate_.refusal(request)) return to_response(*refusal);
  if (auto allowed = gate_.preflight(request)) return *std::move(allowed);
  const auto found = route(request.method, request.path);
  if (!found) return to_response(found.error());
  return match(
      found->route->does,  //
      [&](Look look) { return read(look); },
      [&](LookAt look) {
        return read([&](const Core& core, Now now) { return look(core, now, found->argument); });
      },
      [&](Search search) {
        return read([&](const Core& core, Now now) { return search(core, now, request.query); });
      },
      [&](Wish wish) { return change(request, wish); }, [&](Own own) { return (this->*own)(request); });
}

template <class View>
Reply Desk::read(View view) {
  auto seen = front_.read(view);
  return seen ? response_of(*std::move(seen)) : to_response(nobody_home());
}

// Nothing is changed but here, so nothing without the token.
template <class Parse>
Reply Desk::change(const ApiRequest& request, Parse parse) {
  if (const auto refusal = gate_.token_refusal(request)) return to_response(*refusal);
  const Result<Change, ApiError> wished = parse(request.body);
  if (!wished) return to_response(wished.error());
  auto done = front_.command(*wished);
  return done ? response_of(*std::move(done)) : to_response(nobody_home());
}

Reply Desk::greet(const ApiRequest&) {
  auto response =
      response_of("Grapevine is running. Ask at /v1/chat/completions, look at /api/mesh/status.\n");
  response.content_type = "text/plain; charset=utf-8";
  return response;
}

Reply Desk::check_ready(const ApiRequest&) {
  return read([](const Core& core, Now now) -> Result<std::string, ApiError> {
    if (const auto why_not = unready(core, now))
      return fail(ApiError{
          .status = 503, .type = "no_model", .code = "no_model", .message = *why_not, .retry_after = 5s});
    return R"({"status":"ready"})";
  });
}

Reply Desk::examine(const ApiRequest&) {
  return read([this](const Core& core, Now now) {
    return doctor_json(node::examine(patient(core, look_around_(now.time), now)));
  });
}

// The engine refuses in the same step in which it is asked; what it refuses later is known to the Asking.
Reply Desk::ask(const ApiRequest& request) {
  auto seat = Seat::take(taken_, seats);
  if (!seat) return to_response(no_seat());
  const auto chat = parse_chat(request.body);
  if (!chat) return to_response(chat.error());
  const auto shelf =
      front_.read([](const Core& core, Now now) { return std::pair(catalogue(core, now), now.wall); });
  if (!shelf) return to_response(nobody_home());

  const moa::QueryId id{random_bytes<16>()};
  auto planned = plan_chat(*chat, shelf->first, rules_, id);
  if (!planned) return to_response(planned.error());
  return Question{.seat = std::move(seat),
                  .head = {.id = id, .model = chat->model, .created = shelf->second},
                  .delivery = chat->delivery,
                  .usage = chat->include_usage ? AnswerStream::Usage::included : AnswerStream::Usage::omitted,
                  .asking = front_.ask(*std::move(planned))};
}

Reply Desk::listen(const ApiRequest& request) {
  const bool follows = request.query.contains("follow");
  auto seat = follows ? Seat::take(taken_, seats) : nullptr;
  if (follows && !seat) return to_response(no_seat());
  const auto listening = parse_listening(request);
  if (!listening) return to_response(listening.error());
  if (follows) return Listener{std::move(seat), *listening};
  return read([&](const Core& core, Now now) { return events_json(core, now, listening->after); });
}

Reply Desk::invite(const ApiRequest& request) {
  return change(request, [this](std::string_view body) { return make_invite(body, look_around_); });
}

Reply Desk::rotate(const ApiRequest& request) {
  return change(request, [this](std::string_view body) { return rotate_key(body, keys_); });
}

NodeNames Desk::names(const moa::Provenance& provenance) {
  return front_.read([&](const Core& core, Now now) { return names_of(core, now, provenance); })
      .value_or(NodeNames{});
}

std::optional<std::string> Desk::news(Listening& listening) {
  return front_.read([&](const Core& core, Now now) { return events_stream(core, now, listening); });
}

}  // namespace grapevine::node
