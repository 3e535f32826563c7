//! Tables of tool lists: what is found, what is refused and how a person is told.
#![expect(clippy::unwrap_used, reason = "tests")]

use serde_json::json;

use super::*;

/// `tool(argument,argument)`.
fn tool(text: &str) -> Listed {
    let (name, arguments) = text.trim_end_matches(')').split_once('(').unwrap_or((text, ""));
    let arguments = arguments.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect();
    Listed { name: name.into(), arguments }
}

fn tools(texts: &[&str]) -> Vec<Listed> {
    texts.iter().map(|text| tool(text)).collect()
}

fn auto(texts: &[&str], server: &str) -> Result<SqlTool, McpError> {
    detect(&tools(texts), None, None, server)
}

fn custom(tool: &str, sql_argument: &str) -> Custom {
    let extra = json!({"database_name": "information_schema"});
    Custom {
        tool: tool.into(),
        sql_argument: sql_argument.into(),
        extra_arguments: extra.as_object().unwrap().clone(),
        rows_pointer: "/result".into(),
    }
}

#[test]
fn the_sql_tool_is_found_by_name_and_argument_and_by_who_answers() {
    for (listed, server, dialect, name) in [
        (&["show_tables", "db_query(sql_stmt)", "db_execute(sql_stmts)"][..], "tidb", Dialect::Pytidb, "db_query"),
        (&["execute_sql(sql)", "search_objects(object_type)"], "DBHub MCP Server", Dialect::Dbhub, "execute_sql"),
        (&["execute_sql(sql)", "search_objects(object_type)"], "proxy", Dialect::Dbhub, "execute_sql"),
        (&["execute_sql(sql)"], "dbhub", Dialect::Dbhub, "execute_sql"),
        (&["execute_sql_prod(sql)", "search_objects_prod(pattern)"], "x", Dialect::Dbhub, "execute_sql_prod"),
        (&["execute_sql(sql)"], "Toolbox", Dialect::Toolbox, "execute_sql"),
        (&["execute_sql(sql)", "list_active_queries"], "", Dialect::Toolbox, "execute_sql"),
        (&["mysql_query(sql)"], "MySQL MCP Server", Dialect::Benborla, "mysql_query"),
        (&["execute_query_tool(query,timeout,use_cache)"], "seed", Dialect::RestTools, "execute_query_tool"),
    ] {
        let found = auto(listed, server).unwrap();
        assert_eq!((found.dialect, found.name.as_str(), found.rows_pointer), (dialect, name, None), "{listed:?}");
    }
}

#[test]
fn a_call_sends_the_sql_and_what_the_product_or_the_user_wants_beside_it() {
    let rest = auto(&["execute_query_tool(query)"], "").unwrap();
    assert_eq!(Value::Object(rest.arguments("SELECT 1")), json!({"query": "SELECT 1", "use_cache": false}));
    let pytidb = auto(&["db_query(sql_stmt)"], "").unwrap();
    assert_eq!(Value::Object(pytidb.arguments("SELECT 1")), json!({"sql_stmt": "SELECT 1"}));

    let listed = tools(&["execute_sql(sql_query,database_name)", "list_tables(database_name)"]);
    let described = custom("execute_sql", "sql_query");
    let found = detect(&listed, Some(Dialect::Custom), Some(&described), "MariaDB_Server").unwrap();
    let want = json!({"sql_query": "SELECT 1", "database_name": "information_schema"});
    assert_eq!(Value::Object(found.arguments("SELECT 1")), want);
    assert_eq!(found.rows_pointer.as_deref(), Some("/result"));
}

#[test]
fn a_tool_that_could_write_or_takes_other_arguments_is_not_the_one() {
    for listed in [
        &[][..],
        &["db_execute(sql_stmts)"],
        &["db_query(sql)"],
        &["DB_QUERY(sql_stmt)"],
        &["execute_sql(sql_query,database_name)", "list_databases"],
        &["run_query(sql)"],
        // The prefix of dbhub, on a server that is not known to be dbhub.
        &["execute_sql_prod(sql)"],
    ] {
        assert_eq!(auto(listed, "x").unwrap_err().reason, Reason::NoSqlTool, "{listed:?}");
    }
    assert_eq!(auto(&["execute_sql_prod(sql)"], "Toolbox").unwrap_err().reason, Reason::NoSqlTool);
    assert_eq!(auto(&["execute_sql_(sql)"], "dbhub").unwrap_err().reason, Reason::NoSqlTool);
}

#[test]
fn several_tools_are_refused_and_named() {
    for (listed, server, says) in [
        (
            &["db_query(sql_stmt)", "db_query(sql_stmt)"][..],
            "",
            "2 SQL tools this operator knows (db_query(sql_stmt) of Pytidb, db_q",
        ),
        (&["db_query(sql_stmt)", "mysql_query(sql)"], "", "db_query(sql_stmt) of Pytidb, mysql_query(sql) of Benborla"),
        (
            &["execute_sql_a(sql)", "execute_sql_b(sql)", "search_objects_a"],
            "",
            "execute_sql_a(sql) of Dbhub, execute_sql_b(sql) of Dbhub",
        ),
        // One tool, but nothing tells whose it is.
        (&["execute_sql(sql)"], "proxy", "execute_sql(sql) of Dbhub, execute_sql(sql) of Toolbox"),
        (
            &["execute_sql(sql)", "search_objects", "list_active_queries"],
            "gateway",
            "of Dbhub, execute_sql(sql) of Toolbox",
        ),
    ] {
        let error = auto(listed, server).unwrap_err();
        assert_eq!(error.reason, Reason::AmbiguousTools, "{listed:?}");
        assert!(error.message.contains(says), "{listed:?}: {error}");
        assert!(error.message.contains("describe it with dialect Custom, or use a server with one source"), "{error}");
    }
}

#[test]
fn a_dialect_that_is_chosen_is_the_only_one_looked_for() {
    let many = ["db_query(sql_stmt)", "mysql_query(sql)", "execute_sql(sql)", "execute_query_tool(query)"];
    for (dialect, name) in [
        (Dialect::Pytidb, "db_query"),
        (Dialect::Benborla, "mysql_query"),
        (Dialect::Dbhub, "execute_sql"),
        (Dialect::Toolbox, "execute_sql"),
        (Dialect::RestTools, "execute_query_tool"),
    ] {
        // What the server calls itself does not matter then.
        let found = detect(&tools(&many), Some(dialect), None, "Toolbox").unwrap();
        assert_eq!((found.dialect, found.name.as_str()), (dialect, name));
    }
    for (listed, dialect, want) in [
        (&["read_orders(sql)", "list_tables(table_names)"][..], Dialect::Toolbox, Ok("read_orders")),
        (&["read_orders(sql)", "execute_sql(sql)"], Dialect::Toolbox, Ok("execute_sql")),
        (&["read_a(sql)", "read_b(sql)"], Dialect::Toolbox, Err(Reason::AmbiguousTools)),
        (&["read_orders(sql)"], Dialect::Dbhub, Err(Reason::NoSqlTool)),
        (&["execute_sql_a(sql)"], Dialect::Dbhub, Ok("execute_sql_a")),
        (&["execute_sql_a(sql)", "execute_sql_b(sql)"], Dialect::Dbhub, Err(Reason::AmbiguousTools)),
        (&["mysql_query(sql)"], Dialect::Pytidb, Err(Reason::NoSqlTool)),
        (&["mysql_query_a(sql)"], Dialect::Benborla, Err(Reason::NoSqlTool)),
    ] {
        let found = detect(&tools(listed), Some(dialect), None, "");
        let got = found.as_ref().map(|tool| tool.name.as_str()).map_err(|error| error.reason);
        assert_eq!(got, want, "{listed:?} as {dialect}");
    }
    let error = detect(&tools(&["mysql_query(sql)"]), Some(Dialect::Pytidb), None, "").unwrap_err();
    assert!(
        error.message.contains("no SQL tool of dialect Pytidb, db_query(sql_stmt); it offers mysql_query:"),
        "{error}"
    );
}

#[test]
fn a_tool_that_the_user_describes_must_be_there_as_described() {
    let listed = tools(&["run_query(sql)", "get_table_schema(table_name)", "db_query(sql_stmt)"]);
    let find = |tool, argument| detect(&listed, Some(Dialect::Custom), Some(&custom(tool, argument)), "awslabs.mysql");
    assert_eq!(find("run_query", "sql").unwrap().name, "run_query");
    for (tool, argument) in [("run_query", "query"), ("run", "sql"), ("Run_query", "sql"), ("get_table_schema", "sql")]
    {
        let error = find(tool, argument).unwrap_err();
        assert_eq!(error.reason, Reason::NoSqlTool);
        let says =
            format!("no tool {tool}({argument}), as dialect Custom describes it; it offers run_query, get_table");
        assert!(error.message.contains(&says), "{error}");
    }
    let twice = tools(&["run_query(sql)", "run_query(sql)"]);
    let error = detect(&twice, Some(Dialect::Custom), Some(&custom("run_query", "sql")), "").unwrap_err();
    assert_eq!(error.reason, Reason::AmbiguousTools);

    let described = custom("run_query", "sql");
    for (chosen, custom) in
        [(None, Some(&described)), (Some(Dialect::Pytidb), Some(&described)), (Some(Dialect::Custom), None)]
    {
        assert_eq!(detect(&listed, chosen, custom, "").unwrap_err().reason, Reason::InvalidSpec, "{chosen:?}");
    }
}

#[test]
fn the_message_lists_some_names_cut_and_escaped_and_what_is_supported() {
    let mut listed: Vec<_> = (0..14).map(|n| tool(&format!("tool_{n}"))).collect();
    listed[0].name = format!("evil\n{}", "x".repeat(500));
    let error = detect(&listed, None, None, "").unwrap_err();
    assert!(!error.message.contains('\n') && error.message.contains("evil\\u{a}x"), "{error}");
    assert!(
        error.message.contains("tool_9, and 4 more; supported: db_query(sql_stmt) of Pytidb, execute_sql(sql)"),
        "{error}"
    );
    assert!(!error.message.contains("tool_10"), "{error}");
    assert!(error.message.len() < 600, "{}", error.message.len());
    assert!(detect(&[], None, None, "").unwrap_err().message.contains("it offers no tools"));

    let evil: Vec<_> = (0..40).map(|n| tool(&format!("execute_sql_{n}\n{}(sql)", "x".repeat(500)))).collect();
    let error = detect(&evil, Some(Dialect::Dbhub), None, "").unwrap_err();
    assert!(error.message.contains("offers 40 SQL tools") && !error.message.contains('\n'), "{error}");
    assert!(error.message.len() < 1_000, "{}", error.message.len());
}

/// What each recorded server told of itself: its name and its tools.
fn recorded() -> Vec<(String, Dialect, String, Vec<Listed>)> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings");
    let mut all = Vec::new();
    for engine in ["mariadb-10.11", "tidb-8.4.0"] {
        for entry in std::fs::read_dir(root.join(engine)).unwrap() {
            let path = entry.unwrap().path();
            let file = path.file_name().unwrap().to_str().unwrap().to_owned();
            let Some(server) = file.strip_suffix(".handshake.json") else { continue };
            let dialect = match server {
                "pytidb" => Dialect::Pytidb,
                "dbhub" => Dialect::Dbhub,
                "benborla" => Dialect::Benborla,
                _ => Dialect::Toolbox,
            };
            let told: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            let tools = told["tools/list"]["tools"].as_array().unwrap().iter().map(|tool| Listed {
                name: tool["name"].as_str().unwrap().to_owned(),
                arguments: tool["inputSchema"]["properties"].as_object().unwrap().keys().cloned().collect(),
            });
            let name = told["initialize"]["serverInfo"]["name"].as_str().unwrap().to_owned();
            all.push((format!("{engine}/{server}"), dialect, name, tools.collect()));
        }
    }
    assert_eq!(all.len(), 9);
    all
}

#[test]
fn every_recorded_server_is_known_by_its_handshake() {
    for (recording, dialect, name, listed) in recorded() {
        let found = detect(&listed, None, None, &name).unwrap();
        assert_eq!(found.dialect, dialect, "{recording}");
        assert_eq!(detect(&listed, Some(dialect), None, &name).unwrap(), found, "{recording}");
        for other in preset::KNOWN.iter().map(|preset| preset.dialect).filter(|other| *other != dialect) {
            let chosen = detect(&listed, Some(other), None, &name);
            // The tool of dbhub and that of the Toolbox are called alike: there the user's word counts.
            let twins =
                matches!((dialect, other), (Dialect::Dbhub, Dialect::Toolbox) | (Dialect::Toolbox, Dialect::Dbhub))
                    || (dialect, other) == (Dialect::Benborla, Dialect::Toolbox);
            assert_eq!(chosen.is_ok(), twins, "{recording} as {other}: {chosen:?}");
        }
    }
}

#[test]
fn two_recorded_servers_behind_one_gateway_are_refused() {
    let all = recorded();
    for (a, _, name, listed) in &all {
        for (b, _, _, others) in &all {
            let both: Vec<_> = listed.iter().chain(others).cloned().collect();
            for server in [name.as_str(), "gateway"] {
                let found = detect(&both, None, None, server).map_err(|error| error.reason);
                assert_eq!(found, Err(Reason::AmbiguousTools), "{a} and {b} as {server}");
            }
        }
    }
}
