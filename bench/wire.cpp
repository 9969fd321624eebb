// What the byte form and the signed envelope cost, beside libsodium alone on the same bytes in the same run.
#include "bench/figures.hpp"
#include "crypto/certificate.hpp"

#include <sodium.h>

using namespace grapevine;

namespace {

constexpr int rounds = 9;

Certificate sample_certificate(const SigningKey& key) {
  Certificate certificate;
  certificate.serial = random_bytes<16>();
  certificate.node = {random_bytes<32>()};
  certificate.inception.key = key.public_key();
  certificate.inception.transport = TransportPair::generate().key;
  certificate.label.assign("kitchen-tablet");
  certificate.owner = owner_of("anna");
  certificate.admitted = certificate.not_before = WallTime(1'790'000'000'000ms);
  certificate.not_after = certificate.not_before + 24h * 30;
  return certificate;
}

std::string micro(double taken) {
  return std::to_string(taken * 1e6).substr(0, 6) + " us";
}

void measure_wire(bench::Figures& figures, const Signed<Certificate>& sentence) {
  const Bytes encoded = wire::encode(sentence);
  std::size_t bytes = 0;  // keeps the compiler from leaving the work out
  const double encoding =
      bench::seconds_per_call(rounds, 20'000, [&] { bytes += wire::encode(sentence).size(); });
  const double decoding = bench::seconds_per_call(
      rounds, 20'000, [&] { bytes += wire::decode<Signed<Certificate>>(encoded)->payload().size(); });
  const double reading =
      bench::seconds_per_call(rounds, 20'000, [&] { bytes += sentence.claimed()->label.size(); });
  ensure(bytes > 0, "something was encoded");
  const std::string size = std::to_string(encoded.size()) + " bytes";
  figures.add({.name = "wire.encode", .value = encoding * 1e6, .unit = "us", .baseline = size});
  figures.add({.name = "wire.decode", .value = decoding * 1e6, .unit = "us", .baseline = size});
  figures.add(
      {.name = "wire.decode_certificate", .value = reading * 1e6, .unit = "us", .baseline = "12 fields"});
}

void measure_signing(bench::Figures& figures, const Certificate& certificate, const SigningKey& key) {
  const MeshId mesh{random_bytes<32>()};
  SodiumVerifier verifier;
  const Fixed<32> seed = key.seed();
  Fixed<32> public_key;
  Fixed<64> secret_key;
  crypto_sign_seed_keypair(public_key.data(), secret_key.data(), seed.data());
  const Bytes message =
      signed_bytes(Certificate::purpose, mesh, Certificate::type, wire::encode(certificate));

  bool proven = true;
  const auto ours = [&] {
    const Signed<Certificate> sentence(certificate, mesh, key);
    proven &= sentence.open(verifier, mesh, key.public_key()).has_value();
  };
  const auto sodium = [&] {
    Fixed<64> signature;
    crypto_sign_detached(signature.data(), nullptr, message.data(), message.size(), secret_key.data());
    proven &=
        crypto_sign_verify_detached(signature.data(), message.data(), message.size(), public_key.data()) == 0;
  };
  // One after the other in each round, so that both see the same moods of the machine.
  double with = 1;
  double without = 1;
  for (int round = 0; round < rounds; ++round) {
    with = std::min(with, bench::seconds_per_call(1, 400, ours));
    without = std::min(without, bench::seconds_per_call(1, 400, sodium));
  }
  ensure(proven, "what was signed opens");
  figures.add({.name = "wire.sign_open",
               .value = with * 1e6,
               .unit = "us",
               .baseline = "libsodium " + micro(without)});
  figures.add({.name = "wire.sign_open_ratio",
               .value = without / with,
               .unit = "of its rate",
               .target = ">= 0.9",
               .met = without / with >= 0.9,
               .baseline = "libsodium sign + verify of " + std::to_string(message.size()) + " bytes"});
}

}  // namespace

int main(int argc, char** argv) {
  start_crypto();
  const auto key = SigningKey::generate();
  const Certificate certificate = sample_certificate(key);
  bench::Figures figures;
  measure_wire(figures, Signed<Certificate>(certificate, MeshId{}, key));
  measure_signing(figures, certificate, key);
  figures.print(argc, argv);
  return figures.exit_code();
}
