// Golden bytes of the ground floor. They were computed once by another program, written in Python over
// hashlib and the cryptography package, from the layouts the headers describe; a change here is a change of
// what every node must understand. Hex, except where text is said. Keys have the seed 01 01 .. for the root,
// 02 02 .. for the device 2 and so on (tests/crypto/sample.hpp).
#pragma once

#include <string_view>

namespace grapevine::vectors {

inline constexpr std::string_view hash_8_of_abc = "1ec91186ac6dfbaa";
inline constexpr std::string_view hash_16_of_abc = "1ec91186ac6dfbaa68be7520c647692c";
inline constexpr std::string_view hash_32_of_abc =
    "7a558109e729391aa599c0e3881379b37d18f52b50bd0c0783873b46d02426b5";
inline constexpr std::string_view owner_anna = "491252cc96ccb5cfc259314a4262cf41";
inline constexpr std::string_view root_statement =
    "9701c4208a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5ca4686f6d65cf000001a3185c"
    "50001ecd0190c41007070707070707070707070707070707";
inline constexpr std::string_view root_signature =
    "03d50b3ed2da665b14c7ddfcd6cda8cf4356317022c1c1c982c981d81ffac0304db406438b9e0c3470421ebb5261c6d2"
    "5d09176172da02edf02854620d71f401";
inline constexpr std::string_view mesh_id =
    "3ab4ba271408f72823ef7c8d7b5652867e68a1b81490373196dfd6e22ba8f436";
inline constexpr std::string_view node_id_2 =
    "9b8d216dbf1278e167e7e26087dd9fd3c9a54cc07e3c0f9535d6da872580b099";
inline constexpr std::string_view node_id_2_text = "togsc3n7cj4ocz7h4jqipxm72pe2ktgapy6a7fjv23niojmawcmq";
inline constexpr std::string_view transport_key_2 =
    "ce8d3ad1ccb633ec7b70c17814a5c76ecd029685050d344745ba05870e587d59";
inline constexpr std::string_view certificate =
    "9d01c41002020202020202020202020202020202c4209b8d216dbf1278e167e7e26087dd9fd3c9a54cc07e3c0f9535d6"
    "da872580b099c4208139770ea87d175f56a35466c34c7ecccb8d8a91b4ee37a25df60f5b8fc9b394c420ce8d3ad1ccb6"
    "33ec7b70c17814a5c76ecd029685050d344745ba05870e587d59a86465766963652032c410491252cc96ccb5cfc25931"
    "4a4262cf4102c4200000000000000000000000000000000000000000000000000000000000000000cf000001a3185c50"
    "00cf000001a3185c5000cf000001a3b2db1800c420000000000000000000000000000000000000000000000000000000"
    "0000000000";
inline constexpr std::string_view certificate_signature =
    "dfbdd6e46ef6870833482351571ddc79deb5593d67b4e70b6c6c89f988dc6e85308386fe66025249e0f413bd1f50d7c8"
    "9b92b706af5ef606bfb184c91f577701";
inline constexpr std::string_view revocation =
    "9701c4209b8d216dbf1278e167e7e26087dd9fd3c9a54cc07e3c0f9535d6da872580b09901c420b94b5f6ca6983e43aa"
    "c6a97d8517883b041a06415458c7feb2820789ea843f15cf000001a3185c5000a673746f6c656e91c410050505050505"
    "05050505050505050505";
inline constexpr std::string_view revocation_signature =
    "61139ef16c7200b363c38fd5597576572160ca45ecf584d3de530f2425da9cf872f94b4e8a6b1c3c0f8c00084112c384"
    "bc2364d76a9c444b7330a376babbe604";
inline constexpr std::string_view signed_bytes_of_abc =
    "677261706576696e652f6a6f696e2f310011111111111111111111111111111111111111111111111111111111111111"
    "110200000003616263";
inline constexpr std::string_view invite_id_5 = "fd542a87b2e08b5a822970ad9f26250b";
inline constexpr std::string_view invite_text =
    "gv1-sya4iib2ws5cofai64uch334rv5vmuugpzukdoausa3tdfw723rcxkhug3ccbtunhli4znrt5r5xbqlycss4o3wnakli"
    "kbingrduloqfq4hfq7kzskxdcojsfyyc4mroge5dinzyggzfwmrqgaytuzdcha5dumk5hi2doobryqqakbifaucqkbifaucq"
    "kbifaucqkbifaucqkbifaucqkbifaucqkbopaaaadiy5qkwaac4krbxa";
inline constexpr std::string_view join_request =
    "9401c4d29701c410fd542a87b2e08b5a822970ad9f26250b93c420ed4928c628d1c2c6eae90338905995612959273a5c"
    "63f93636c14614ac8737d1c420a742775612e145cddb3b6d14cfba12a9e1e3c7eb2c83316b2af00b73f5f100d6c41003"
    "030303030303030303030303030303c4205dfedd3b6bd47f6fa28ee15d969d5bb0ea53774d488bdaf9df1c6e0124b3ef"
    "22a86465766963652033c420ce8d3ad1ccb633ec7b70c17814a5c76ecd029685050d344745ba05870e587d59c4180606"
    "06060606060606060606060606060606060606060606c44042559f8fb6ac35e0efac019c5039c18362269939f8f9cae0"
    "51115525627ce2f5f7a9e03c44b4575b4c94e1167e11eda81eda41b9dd70b56cdd4a96436bb13508c44090168f5433c6"
    "b5c024e260ba69416e2139bee36b07205ba4b5629ffab9a6b83fbe36d04ee60ba60cdb27da6dc3b43b388ffc9a5c3e57"
    "aba139fbc8fb05b58e05";
inline constexpr std::string_view key_line =
    "grapevine-key 1 operational beeqscijbeeqscijbeeqscijbeeqscijbeeqscijbeeqscijbeeq m7fdu6mb7vr5q";

}  // namespace grapevine::vectors
