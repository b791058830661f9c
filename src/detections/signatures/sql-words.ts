/** What words mean in SQL, as far as attacks tell them apart. One letter per kind of token. */

/**
 * Kinds of tokens. `n` number or constant, `s` text, `S` text that is not closed, `v` variable, `b` name, `f` call of any name,
 * `F` call of a function of databases, `Z` call that waits or works long, `X` name of a system table or procedure, `U` UNION and its kin,
 * `A` ALL or DISTINCT, `E` statement, `D` statement about tables, `R` FROM, `H` WHERE, `O` ORDER BY or GROUP BY, `G` HAVING, `L` LIMIT,
 * `I` INTO, `Y` VALUES, `T` TABLE and other objects, `W` WAITFOR, `C` CASE and its parts, `P` other clause words, `&` logic,
 * `|` two bars (logic or a joint), `=` comparison by a sign, `~` comparison by a word, `+` arithmetic, `!` negation, `c` comment to the end that only silences, `k` one that says
 * something, and the signs themselves.
 */
export type SqlKind = string;

const KINDS: Readonly<Record<string, string>> = {
  n: "null true false current_user current_date current_timestamp current_time localtime session_user system_user user_name sysdate",
  U: "union except intersect minus",
  A: "all distinct distinctrow sql_no_cache top",
  E: "select",
  D: "insert update delete drop alter create truncate exec execute declare replace merge shutdown grant revoke handler load rename call begin goto",
  R: "from",
  H: "where",
  G: "having",
  L: "limit offset",
  I: "into",
  Y: "values",
  T: "table database schema column index view procedure trigger outfile dumpfile function user login immediate",
  C: "case when then else end",
  P: "as on join inner outer left right cross natural using set asc desc for separator returning collate escape uescape interval analyse partition over with recursive key",
  "&": "and or xor",
  "~": "like rlike regexp glob between in is similar ilike sounds match soundex",
  "+": "div mod",
  "!": "not binary exists any some",
};

const CALLS: Readonly<Record<string, string>> = {
  Z: "sleep benchmark pg_sleep dbms_lock.sleep dbms_pipe.receive_message randomblob generate_series sleep_for user_lock.sleep heavy_query dbms_session.sleep",
  F: "abs acos ascii asin atan avg bin bin_to_num bitand cast ceil ceiling char char_length chr coalesce compress concat concat_ws conv convert cos cot count current_database current_setting database date_add date_sub dayname decode dbms_utility.sqlid_to_sqlhash ctxsys.drithsx.sn elt encode exp export_set extractvalue field find_in_set floor from_base64 from_unixtime geometrycollection greatest group_concat has_perms_by_name hex host_name if ifnull iif in_perms inet_aton instr is_member is_srvrolemember isnull json_keys json_extract last_insert_id lcase length least ln load_extension load_file local locate lower lpad ltrim make_set master_pos_wait max md5 mid min name_const newid now nullif nvl object_id openquery openrowset opendatasource ord password pg_read_file pi polygon position pow power procedure_analyse quarter quote quotename radians rand random regexp_like regexp_replace regexp_substr regexp_substring repeat replace replicate reverse round row rownum rpad rtrim schema session_user sha sha1 sha2 sign sin soundex space sqlite_version sqrt strcmp str string_agg stuff subdate substr substring substring_index suser_sname sum sys_context system_user tan to_base64 to_char to_number translate trim ucase unhex unicode updatexml upper user utl_http.request utl_inaddr.get_host_address utl_inaddr.get_host_name uuid version weekday wm_concat xmltype db_name db_id char_to_oem col_length lo_import lo_export query_to_xml database_to_xml dblink_connect string_to_array array_agg json_arrayagg xmlagg xmlelement linestring multipoint multipolygon gtid_subset gtid_subtract st_latfromgeohash st_longfromgeohash st_pointfromgeohash date_format cot crc32 des_encrypt aes_encrypt aes_decrypt uncompress",
};

const SYSTEM_NAME =
  /^(?:@@[a-z_]|information_schema\b|sysobjects\b|syscolumns\b|sysusers\b|sysdatabases\b|syslogins\b|sysxlogins\b|sys\.[a-z_]+|systables\b|sysibm\.|syscat\.|msys[a-z]+|mysql\.[a-z_]+|performance_schema\b|pg_(?:catalog|user|shadow|tables|class|database|authid|stat_activity|ls_dir)|sqlite_(?:master|schema|temp_master)|rdb\$[a-z_]*|all_(?:tables|users|tab_columns|objects)\b|user_(?:tables|tab_columns|objects)\b|dba_(?:users|tables)\b|master\.|tempdb\.|msdb\.|model\.\.|v\$[a-z_]+|xp_[a-z_]+|sp_(?:executesql|password|makewebtask|oacreate|configure|addextendedproc|help[a-z]*|start_job|addlogin|addsrvrolemember|execute_external_script)\b|openrowset|utl_(?:http|inaddr|file|smtp|tcp)\b|dbms_[a-z_]+|ctxsys\.|domain\.domains|domain\.columns|domain\.tables)/;

const kindsByWord = byWord(KINDS);
const kindsByCall = byWord(CALLS);

function byWord(kinds: Readonly<Record<string, string>>): ReadonlyMap<string, SqlKind> {
  return new Map(
    Object.entries(kinds).flatMap(([kind, words]) => words.split(" ").map((word) => [word, kind])),
  );
}

/** The kind of a word in lower case; `isCall`: a parenthesis opens behind it. */
export function kindOfWord(word: string, isCall: boolean): SqlKind {
  const kind = kindsByWord.get(word);
  const call = isCall ? kindsByCall.get(word) : undefined;
  // LEFT and RIGHT are functions where they are called, and so is IF; AND and IN are not.
  if (call !== undefined && (kind === undefined || !"&~!".includes(kind))) return call;
  if (isCall && (word === "left" || word === "right")) return "F";
  if (kind !== undefined) return kind;
  if (SYSTEM_NAME.test(word)) return "X";
  if (word.startsWith("@")) return "v";
  return isCall ? "f" : "b";
}
