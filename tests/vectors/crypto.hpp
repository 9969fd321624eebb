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
    "ed3823286a194879f003beab91de6aec11672b4ccedf8eb01d23b91a05829c9f";
inline constexpr std::string_view node_id_2_text = "5u4cgkdkdfeht4adx2vzdxtk5qiwok2mz3py5ma5eo4rubmctspq";
inline constexpr std::string_view transport_key_2 =
    "ce8d3ad1ccb633ec7b70c17814a5c76ecd029685050d344745ba05870e587d59";
inline constexpr std::string_view certificate =
    "9b01c41002020202020202020202020202020202c420ed3823286a194879f003beab91de6aec11672b4ccedf8eb01d23"
    "b91a05829c9f95c4208139770ea87d175f56a35466c34c7ecccb8d8a91b4ee37a25df60f5b8fc9b394c420aef83cec39"
    "c5a97e29b33fa9ccf8b072c5f6fb453601012edc726221223a3640c420ce8d3ad1ccb633ec7b70c17814a5c76ecd0296"
    "85050d344745ba05870e587d59c4200000000000000000000000000000000000000000000000000000000000000000c4"
    "1002020202020202020202020202020202a86465766963652032c410491252cc96ccb5cfc259314a4262cf4102cf0000"
    "01a3185c5000cf000001a3185c5000cf000001a3b2db1800c42000000000000000000000000000000000000000000000"
    "00000000000000000000";
inline constexpr std::string_view certificate_signature =
    "9bbeeb340d66e0b0ef9cc84d58ff8f2330aa288709f5c47cdf1af69f9bc059fd77e73eea3593edf00ee6d65a761ac9d3"
    "73133bd2a1450b5faf8bc4b9c88bc005";
inline constexpr std::string_view revocation =
    "9701c420ed3823286a194879f003beab91de6aec11672b4ccedf8eb01d23b91a05829c9f01c4206023e33268c8af85e8"
    "dec9a1fd0b1758c4d0400fa1c673371733da53f96b1ae8cf000001a3185c5000a673746f6c656e91c410050505050505"
    "05050505050505050505";
inline constexpr std::string_view revocation_signature =
    "f68103f629b9a0227e75ef6694c2800345e57e1053186a75163cfb0f6471613a0584b597277fb00ff0f2134058cb73c0"
    "d86212d162a9d99cb417d3f147616b01";
inline constexpr std::string_view signed_bytes_of_abc =
    "677261706576696e652f6a6f696e2f310011111111111111111111111111111111111111111111111111111111111111"
    "110200000003616263";
inline constexpr std::string_view invite_id_5 = "fd542a87b2e08b5a822970ad9f26250b";
inline constexpr std::string_view invite_text =
    "gv1-s4a4iib2ws5cofai64uch334rv5vmuugpzukdoausa3tdfw723rcxkhug3ccb3jyemugugkiphyahpvlshpgv3arm4vu"
    "ztw7r2yb2i5zdicyfhe7yqqm5dj22hglmm7mpnymc6auuxdw5tics2cqkdjui5c3ubmhbzmh2wmsvyytsmrogaxdelrrhi2d"
    "oobrwjntembqge5giyryhi5dcxj2gq3tqmoeeacqkbifaucqkbifaucqkbifaucqkbifaucqkbifaucqkbifaucqltyaaaa2"
    "ghmcvqannkyvd4";
inline constexpr std::string_view join_request =
    "9401c4f49601c410fd542a87b2e08b5a822970ad9f26250b95c420ed4928c628d1c2c6eae90338905995612959273a5c"
    "63f93636c14614ac8737d1c420a742775612e145cddb3b6d14cfba12a9e1e3c7eb2c83316b2af00b73f5f100d6c4205d"
    "fedd3b6bd47f6fa28ee15d969d5bb0ea53774d488bdaf9df1c6e0124b3ef22c420ed3823286a194879f003beab91de6a"
    "ec11672b4ccedf8eb01d23b91a05829c9fc41003030303030303030303030303030303a86465766963652033c420ce8d"
    "3ad1ccb633ec7b70c17814a5c76ecd029685050d344745ba05870e587d59c41806060606060606060606060606060606"
    "0606060606060606c440d77edce72143cf998d1d52686267ebf97ca89ccda3d68acce9363404810df811b3c8c302d9ae"
    "bcfb4d94c0d5cda2c447af670cbc27f8c26f45a5b4b654649d0dc4406370e54190ee182a54b5cd363bef8d82baed3dc2"
    "a6127d56bdf83830019822c9ce6ed4682c4771e3715425b664298937f5908531448f5f937958012012039c08";
inline constexpr std::string_view key_line =
    "grapevine-key 1 operational beeqscijbeeqscijbeeqscijbeeqscijbeeqscijbeeqscijbeeq m7fdu6mb7vr5q";

}  // namespace grapevine::vectors
