//! Functions: which are known to only read. A function that is not known may be a stored one, and a stored function may
//! write; so whatever is not listed here is no read.

/// What calling a function does, as far as is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// It computes from what it is given and what the server knows.
    Reads,
    /// It waits, locks, writes or reads files.
    Acts,
    /// Nobody knows.
    Unknown,
}

pub(super) fn effect(name: &str) -> Effect {
    let name = name.to_ascii_lowercase();
    if ACTING.contains(&name.as_str()) {
        Effect::Acts
    } else if READING.iter().any(|line| line.split(' ').any(|known| known == name)) {
        Effect::Reads
    } else {
        Effect::Unknown
    }
}

/// Functions that fold many rows into one.
pub(super) fn is_aggregate(name: &str) -> bool {
    AGGREGATES.split(' ').any(|known| known.eq_ignore_ascii_case(name))
}

/// Functions whose first argument is a word of the language (`TIMESTAMPDIFF(DAY, …)`).
pub(super) fn takes_word(name: &str) -> bool {
    ["timestampdiff", "timestampadd", "get_format"].iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// Functions whose first argument names a sequence.
pub(super) fn takes_sequence(name: &str) -> bool {
    ["nextval", "lastval", "setval"].iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// Functions that may be written without parentheses and then look like a column.
pub(super) fn is_bare(name: &str) -> bool {
    const BARE: [&str; 9] = [
        "current_date",
        "current_time",
        "current_timestamp",
        "current_user",
        "localtime",
        "localtimestamp",
        "utc_date",
        "utc_time",
        "utc_timestamp",
    ];
    BARE.iter().any(|known| known.eq_ignore_ascii_case(name))
}

const ACTING: &[&str] = &[
    "benchmark",
    "get_lock",
    "is_free_lock",
    "is_used_lock",
    "lastval",
    "load_file",
    "master_gtid_wait",
    "master_pos_wait",
    "nextval",
    "release_all_locks",
    "release_lock",
    "setval",
    "sleep",
    "source_pos_wait",
    "sys_eval",
    "sys_exec",
    "sys_get",
    "sys_set",
    "wait_for_executed_gtid_set",
    "wait_until_sql_thread_after_gtids",
];

const AGGREGATES: &str = "any_value approx_count_distinct approx_percentile avg bit_and bit_or bit_xor count group_concat \
json_arrayagg json_objectagg max median min st_collect std stddev stddev_pop stddev_samp sum var_pop var_samp variance";

/// By kind, as in the manuals of MySQL 8.4, MariaDB 11 and TiDB 8.
const READING: &[&str] = &[
    AGGREGATES,
    // flow, comparison, conversion
    "coalesce greatest if ifnull interval isnull least nullif nvl nvl2 decode decode_oracle row cast convert default values \
     value to_char to_number natural_sort_key",
    // numbers
    "abs acos asin atan atan2 bit_count ceil ceiling conv cos cot crc32 crc32c degrees exp floor ln log log10 log2 mod pi pow \
     power radians rand round sign sin sqrt tan truncate oct hex bin div",
    // strings
    "ascii bin_to_uuid bit_length char char_length character_length chr concat concat_ws elt export_set field find_in_set \
     format from_base64 insert instr lcase left length lengthb locate lower lpad ltrim make_set mid octet_length ord \
     position quote regexp_instr regexp_like regexp_replace regexp_substr repeat replace reverse right rpad rtrim sformat \
     soundex space strcmp substr substring substring_index to_base64 trim ucase unhex upper weight_string translate kdf",
    // dates and times
    "add_months adddate addtime convert_tz curdate current_date current_time current_timestamp curtime date date_add \
     date_format date_sub datediff day dayname dayofmonth dayofweek dayofyear extract from_days from_unixtime get_format \
     hour last_day localtime localtimestamp makedate maketime microsecond minute month monthname months_between now \
     period_add period_diff quarter sec_to_time second str_to_date subdate subtime sysdate time time_format time_to_sec \
     timediff timestamp timestampadd timestampdiff to_days to_seconds unix_timestamp utc_date utc_time utc_timestamp week \
     weekday weekofyear year yearweek",
    // JSON
    "json_array json_array_append json_array_insert json_array_intersect json_arrayagg json_compact json_contains \
     json_contains_path json_depth json_detailed json_equals json_exists json_extract json_insert json_key_value json_keys \
     json_length json_loose json_merge json_merge_patch json_merge_preserve json_normalize json_object \
     json_object_filter_keys json_object_to_array json_overlaps json_pretty json_query json_quote json_remove json_replace \
     json_schema_valid json_schema_validation_report json_search json_set json_storage_free json_storage_size \
     json_sum_crc32 json_type json_unquote json_valid json_value json_memberof",
    // window functions
    "cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank percentile_cont percentile_disc rank \
     row_number",
    // digests and compression
    "aes_decrypt aes_encrypt compress md5 random_bytes sha sha1 sha2 sm3 statement_digest statement_digest_text uncompress \
     uncompressed_length validate_password_strength",
    // what the server knows
    "charset coercibility collation connection_id current_role current_user database found_rows row_count schema \
     session_user system_user user version tidb_version tidb_decode_key tidb_parse_tso tidb_parse_tso_logical \
     tidb_is_ddl_owner tidb_shard tidb_row_checksum tidb_current_tso vitess_hash last_insert_id",
    // addresses and identifiers
    "inet6_aton inet6_ntoa inet_aton inet_ntoa is_ipv4 is_ipv4_compat is_ipv4_mapped is_ipv6 is_uuid uuid uuid_short \
     uuid_to_bin uuid_v4 uuid_v7 uuid_timestamp uuid_version sys_guid name_const grouping extractvalue updatexml",
    // vectors
    "vec_distance vec_distance_cosine vec_distance_euclidean vec_fromtext vec_totext vec_as_text vec_from_text vec_dims \
     vec_l1_distance vec_l2_distance vec_l2_norm vec_negative_inner_product vec_cosine_distance vector_dim \
     string_to_vector to_vector vector_to_string from_vector",
    // geometry
    "geometrycollection geometryfromtext geomfromtext geomfromwkb linestring mbrcontains mbrcoveredby mbrcovers mbrdisjoint \
     mbrequal mbrequals mbrintersects mbroverlaps mbrtouches mbrwithin multilinestring multipoint multipolygon point polygon \
     st_area st_asbinary st_asgeojson st_astext st_aswkb st_aswkt st_boundary st_buffer st_buffer_strategy st_centroid \
     st_contains st_convexhull st_crosses st_difference st_dimension st_disjoint st_distance st_distance_sphere \
     st_endpoint st_envelope st_equals st_exteriorring st_geohash st_geomcollfromtext st_geometryfromtext st_geometryn \
     st_geometrytype st_geomfromgeojson st_geomfromtext st_geomfromwkb st_interiorringn st_intersection st_intersects \
     st_isclosed st_isempty st_isring st_issimple st_isvalid st_latfromgeohash st_latitude st_length st_linefromtext \
     st_linefromwkb st_longfromgeohash st_longitude st_makeenvelope st_mlinefromtext st_mpointfromtext st_mpolyfromtext \
     st_numgeometries st_numinteriorring st_numinteriorrings st_numpoints st_overlaps st_pointfromgeohash st_pointfromtext \
     st_pointfromwkb st_pointn st_pointonsurface st_polyfromtext st_polyfromwkb st_relate st_simplify st_srid st_startpoint \
     st_swapxy st_symdifference st_touches st_transform st_union st_validate st_within st_x st_y",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_readers_read() {
        for (name, wanted) in [
            ("COUNT", Effect::Reads),
            ("json_extract", Effect::Reads),
            ("Sleep", Effect::Acts),
            ("SYS_EXEC", Effect::Acts),
            ("nextval", Effect::Acts),
            ("my_function", Effect::Unknown),
            ("", Effect::Unknown),
            ("json_keys json_length", Effect::Unknown),
        ] {
            assert_eq!(effect(name), wanted, "{name}");
        }
    }

    #[test]
    fn no_function_is_on_both_lists() {
        for name in ACTING {
            assert!(!READING.iter().any(|line| line.split(' ').any(|known| known == *name)), "{name}");
        }
        let names = READING.iter().flat_map(|line| line.split(' '));
        assert!(names.clone().count() > 300 && names.clone().all(|name| !name.is_empty()));
    }
}
