#include "node/cli/why.hpp"

#include "node/cli/show.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

#include <nlohmann/json.hpp>

namespace grapevine::node::cli {

namespace {

/// What the words of the API say to people.
constexpr std::pair<std::string_view, std::string_view> in_words[] = {
    {"propose", "proposed"},
    {"refine", "refined"},
    {"aggregate", "merged"},
    {"instead", "for one that could not"},
    {"beside", "beside one that was late"},
    {"silent", "too late"},
    {"cancelled", "not needed: others were sooner"},
    {"lane_full", "its queue is full"},
    {"share_used_up", "we have our share of its queue"},
    {"too_large", "the prompt is too large"},
    {"scope", "the question is not for it"},
    {"no_model", "it has no model"},
    {"draining", "it is shutting down"},
    {"malformed", "it could not read the question"},
    {"failed", "its model failed"},
    {"alone", "nothing: one device answered"},
    {"synthesized", "by a model, from what the others had proposed"},
    {"consensus", "without a model: the answer that more weight agrees with"},
    {"chosen", "without a model: one of the answers as it is"},
    {"joined", "without a model: passages put side by side, each with its source"},
    {"choose", "choosing"},
    {"synthesize", "a model"}};

std::string words_for(const Json& term) {
  const std::string text = term;
  const auto found = std::find_if(std::begin(in_words), std::end(in_words),
                                  [&](const auto& known) { return known.first == text; });
  return found == std::end(in_words) ? text : std::string(found->second);
}

std::string calls_of(const Json& provenance);
std::string plan_of(const Json& provenance);
std::string market_of(const Json& reckoning);

}  // namespace

std::string why(const Json& provenance) {
  return calls_of(provenance) + "\n" + plan_of(provenance) + market_of(provenance.at("reckoning"));
}

namespace {

std::string two_digits(double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", number);
  return text;
}

/// A row for each call; WAITED is the part of its time that it stood in a queue.
std::string calls_of(const Json& provenance) {
  std::vector<std::vector<std::string>> rows{
      {"DEVICE", "MODEL", "DID", "LAYER", "ASKED", "OUTCOME", "TIME", "WAITED", "TOKENS", "WEIGHT", "USED"}};
  for (const auto& voice : provenance.at("voices")) {
    const bool has_answered = voice.at("outcome") == "answered";
    const std::string outcome = voice.at("refusal").is_null() ? words_for(voice.at("outcome"))
                                                              : voice.at("outcome").get<std::string>() +
                                                                    ": " + words_for(voice.at("refusal"));
    rows.push_back({voice.at("name"), voice.at("model"), words_for(voice.at("stage")),
                    voice.at("layer").dump(), words_for(voice.at("attempt")), outcome,
                    span(voice.at("elapsed_s")), has_answered ? span(voice.at("queued_s")) : "",
                    has_answered ? voice.at("tokens_out").dump() : "",
                    voice.at("weight").is_null() ? "" : two_digits(voice.at("weight")),
                    voice.at("used") ? "yes" : "no"});
  }
  return table(rows);
}

std::string plan_of(const Json& provenance) {
  const std::string wanted = provenance.at("wanted");
  const std::string got = provenance.at("shape");
  std::string plan = got == wanted ? got + ", as wanted" : got + " of the " + wanted + " that was wanted";
  if (!provenance.at("degraded").is_null())
    plan += ": " + printable(provenance.at("degraded").get<std::string>());
  return "plan    " + plan + "\nmerged  " + words_for(provenance.at("merge")) + "\ntook    " +
         span(provenance.at("elapsed_s")) + "\nid      " + provenance.at("id").get<std::string>() +
         " (for `grapevine verdict --id`)\n";
}

/// What a call would have cost where, and what each plan was worth at those prices.
std::string market_of(const Json& reckoning) {
  if (reckoning.is_null()) return "";
  std::vector<std::vector<std::string>> prices{{"DEVICE", "PRICE OF A CALL", "QUALITY"}};
  for (const auto& price : reckoning.at("prices"))
    prices.push_back({price.at("name"), span(price.at("price_s")), two_digits(price.at("quality"))});

  const auto& plans = reckoning.at("plans");
  const auto chosen = std::max_element(plans.begin(), plans.end(), [](const Json& a, const Json& b) {
    return a.at("value_s") < b.at("value_s");
  });
  std::vector<std::vector<std::string>> worths{
      {"PLAN", "MERGED BY", "CALLS", "WORTH LESS PRICE", "DECISION"}};
  for (auto plan = plans.begin(); plan != plans.end(); ++plan) {
    const double value = plan->at("value_s");
    worths.push_back({plan->at("shape"), words_for(plan->at("merging")), plan->at("calls").dump(),
                      two_digits(value) + " s",
                      plan == chosen ? "chosen"
                      : value <= 0   ? "too dear"
                                     : "worth less"});
  }
  return "\n" + table(prices) + "\n" + table(worths) +
         "\nmMkK: M layers of K devices beside this one. A price is the seconds of waiting and work that "
         "one\n"
         "more call costs there; no call dearer than " +
         span(reckoning.at("patience_s")) + " is worth an answer.\n";
}

}  // namespace

}  // namespace grapevine::node::cli
