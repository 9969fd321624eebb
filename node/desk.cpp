#include "node/desk.hpp"

#include "crypto/match.hpp"
#include "node/api_keys.hpp"
#include "node/api_mesh.hpp"
#include "node/api_names.hpp"
#include "node/api_social.hpp"
#include "node/api_whois.hpp"
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

ApiResponse ok(std::string body) {
  ApiResponse response;
  response.body = std::move(body);
  return response;
}

ApiResponse to_response(Or<std::string> made) {
  return match(
      std::move(made), [](std::string body) { return ok(std::move(body)); },
      [](const ApiError& error) { return node::to_response(error); });
}

ApiResponse greeting() {
  ApiResponse response = ok("Grapevine is running. Ask at /v1/chat/completions, look at /api/mesh/status.\n");
  response.content_type = "text/plain; charset=utf-8";
  return response;
}

}  // namespace

std::variant<ApiResponse, Question, Listening> Desk::take(const ApiRequest& request) {
  if (const auto refusal = gate_.refusal(request)) return node::to_response(*refusal);
  const auto found = route(request.method, request.path);
  if (const auto* error = std::get_if<ApiError>(&found)) return node::to_response(*error);
  const auto& routed = std::get<Routed>(found);
  if (needs_token(routed.route)) {
    if (const auto refusal = gate_.token_refusal(request)) return node::to_response(*refusal);
  }
  switch (routed.route) {
    case Route::chat: return ask(request);
    case Route::invite: return to_response(invite(request));
    case Route::claim:
    case Route::renew:
    case Route::retire:
    case Route::transfer:
    case Route::accept: return to_response(change_name(routed.route, request));
    case Route::pin: return to_response(change_pin(request));
    case Route::tell: return to_response(tell(request));
    case Route::verdict: return to_response(judge(request));
    case Route::rotate:
    case Route::suspend:
    case Route::retire_node:
    case Route::revoke: return to_response(change_keys(routed.route, request));
    case Route::events: return listen(request);
    case Route::greeting: return greeting();
    case Route::health:
    case Route::ready:
    case Route::models:
    case Route::model:
    case Route::status:
    case Route::peers:
    case Route::doctor:
    case Route::names:
    case Route::name:
    case Route::trust:
    case Route::revocation:
    case Route::lookup:
    case Route::whois: return to_response(look(routed, request));
  }
  return node::to_response(nobody_home());
}

NodeNames Desk::names(const moa::Provenance& provenance) {
  return front_.read([&](const Core& core, Now now) { return names_of(core, now, provenance); })
      .value_or(NodeNames{});
}

// The engine refuses in the same step in which it is asked; what it refuses later is known to the Asking.
std::variant<ApiResponse, Question, Listening> Desk::ask(const ApiRequest& request) {
  auto parsed = parse_chat(request.body);
  if (const auto* error = std::get_if<ApiError>(&parsed)) return node::to_response(*error);
  const auto& chat = std::get<ChatRequest>(parsed);
  const auto shelf =
      front_.read([](const Core& core, Now now) { return std::pair(catalogue(core, now), now.wall); });
  if (!shelf) return node::to_response(nobody_home());

  const moa::QueryId id{random_bytes<16>()};
  auto planned = plan_chat(chat, shelf->first, rules_, id);
  if (const auto* error = std::get_if<ApiError>(&planned)) return node::to_response(*error);
  return Question{.head = {.id = id, .model = chat.model, .created = shelf->second},
                  .delivery = chat.delivery,
                  .usage = chat.include_usage ? AnswerStream::Usage::included : AnswerStream::Usage::omitted,
                  .asking = front_.ask(std::move(std::get<moa::Ask>(planned)))};
}

Or<std::string> Desk::look(const Routed& routed, const ApiRequest& request) {
  const auto whose = request.query.contains("all") ? Whose::everybodys : Whose::mine;
  return read([&](const Core& core, Now now) -> Or<std::string> {
    switch (routed.route) {
      case Route::health: return R"({"status":"alive"})";
      case Route::ready:
        if (const auto why_not = unready(core, now))
          return ApiError{
              .status = 503, .type = "no_model", .code = "no_model", .message = *why_not, .retry_after = 5s};
        return R"({"status":"ready"})";
      case Route::models: return models_json(core, now);
      case Route::model: return model_json(core, now, routed.argument);
      case Route::status: return status_json(core, now);
      case Route::peers: return peers_json(core, now);
      case Route::doctor: return doctor_json(examine(patient(core, look_around_(now.time), now)));
      case Route::names: return names_json(core, now, whose);
      case Route::name: return name_json(core, now, routed.argument);
      case Route::lookup: return lookup_json(core, now, request.query);
      case Route::trust: return trust_json(core, now);
      case Route::whois: return whois_json(core, now, routed.argument);
      case Route::revocation: return expulsion_json(core, now, routed.argument);
      case Route::rotate:
      case Route::suspend:
      case Route::retire_node:
      case Route::revoke:
      case Route::greeting:
      case Route::chat:
      case Route::invite:
      case Route::claim:
      case Route::pin:
      case Route::renew:
      case Route::retire:
      case Route::transfer:
      case Route::accept:
      case Route::tell:
      case Route::verdict:
      case Route::events: break;
    }
    return nobody_home();
  });
}

Or<std::string> Desk::invite(const ApiRequest& request) {
  const auto wish = parse_invite_wish(request.body);
  if (const auto* error = std::get_if<ApiError>(&wish)) return *error;
  const auto made = front_.command([&](Core& core, Now now, Effects& out) -> Or<std::string> {
    auto invited = core.invite(std::get<InviteWish>(wish), now);
    if (!invited) return api_error(invited.error());
    append(out, std::move(invited->effects));
    return invite_json(invited->invite);
  });
  return made ? *made : nobody_home();
}

Or<std::string> Desk::change_name(Route what, const ApiRequest& request) {
  const auto wish = parse_name_wish(what, request.body);
  if (const auto* error = std::get_if<ApiError>(&wish)) return *error;
  const auto made = front_.command([&](Core& core, Now now, Effects& out) {
    return node::change_name(core, now, out, std::get<NameWish>(wish));
  });
  return made ? *made : nobody_home();
}

Or<std::string> Desk::change_pin(const ApiRequest& request) {
  const auto change = parse_pin_change(request.body);
  if (const auto* error = std::get_if<ApiError>(&change)) return *error;
  const auto made = front_.command([&](Core& core, Now now, Effects& out) -> Or<std::string> {
    const auto done = [&](Result<Effects> effects, const std::string& name) -> Or<std::string> {
      if (!effects) return about("name", name, effects.error());
      append(out, std::move(*effects));
      return pin_json(core, now, name);
    };
    return match(
        std::get<PinChange>(change),
        [&](const dns::Registry::PinWish& wish) { return done(core.pin(wish, now), wish.name); },
        [&](const Unpin& wish) { return done(core.unpin(wish.name, now), wish.name); });
  });
  return made ? *made : nobody_home();
}

Or<std::string> Desk::tell(const ApiRequest& request) {
  const auto wish = parse_event_wish(request.body);
  if (const auto* error = std::get_if<ApiError>(&wish)) return *error;
  const auto& told = std::get<EventWish>(wish);
  const auto made = front_.command([&](Core& core, Now now, Effects& out) -> Or<std::string> {
    auto effects = core.tell(told.name, told.text, now);
    if (!effects) return api_error(effects.error());
    append(out, std::move(*effects));
    return told_json(core, now);
  });
  return made ? *made : nobody_home();
}

Or<std::string> Desk::judge(const ApiRequest& request) {
  const auto parsed = parse_verdict(request.body);
  if (const auto* error = std::get_if<ApiError>(&parsed)) return *error;
  const auto& wish = std::get<VerdictWish>(parsed);
  const auto made = front_.command([&](Core& core, Now now, Effects& out) -> Or<std::string> {
    auto scores = scores_of(core, now, wish);
    if (const auto* error = std::get_if<ApiError>(&scores)) return *error;
    auto effects = core.judge(wish.query, std::move(std::get<moa::Scores>(scores)), wish.overall, now);
    if (!effects) return api_error(effects.error());
    append(out, std::move(*effects));
    return judged_json(core, now, wish.query);
  });
  return made ? *made : nobody_home();
}

Or<std::string> Desk::change_keys(Route what, const ApiRequest& request) {
  const auto wish = parse_key_wish(what, request.body);
  if (const auto* error = std::get_if<ApiError>(&wish)) return *error;
  const auto made = front_.command([&](Core& core, Now now, Effects& out) {
    return node::change_keys(core, now, out, keys_, std::get<KeyWish>(wish));
  });
  return made ? *made : nobody_home();
}

std::variant<ApiResponse, Question, Listening> Desk::listen(const ApiRequest& request) {
  const auto parsed = parse_listening(request);
  if (const auto* error = std::get_if<ApiError>(&parsed)) return node::to_response(*error);
  const auto listening = std::get<Listening>(parsed);
  if (request.query.contains("follow")) return listening;
  return to_response(read(
      [&](const Core& core, Now now) -> Or<std::string> { return events_json(core, now, listening.after); }));
}

std::optional<std::string> Desk::news(Listening& listening) {
  return front_.read([&](const Core& core, Now now) { return events_stream(core, now, listening); });
}

template <class View>
Or<std::string> Desk::read(View view) {
  auto made = front_.read(std::move(view));
  return made ? std::move(*made) : Or<std::string>(nobody_home());
}

}  // namespace grapevine::node
