"""A REST tools server: the HTTP interface of the server this operator's predecessor used, in front of a real database.

That server is in no package registry. This one was written from how it was seen to behave, for what the operator sends and
what an operator could trip over: POST /tools/NAME with the arguments as JSON, at most 100 rows, answers from a cache unless
told otherwise, errors inside answers of status 200, decimals as floats, refused words wherever they stand. One request
at a time, as there. The database comes from TIDB_HOST, TIDB_PORT, TIDB_USER and TIDB_PASSWORD.
"""

import argparse
import base64
import datetime
import decimal
import json
import os
import re
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pymysql
import pymysql.cursors

ROW_CAP = 100
CACHE_SECONDS = 300
FIRST_WORDS = {"SELECT", "SHOW", "DESCRIBE", "EXPLAIN", "USE"}
FORBIDDEN = set(
    "INSERT UPDATE DELETE DROP CREATE ALTER TRUNCATE REPLACE MERGE CALL EXECUTE GRANT REVOKE COMMIT ROLLBACK START BEGIN "
    "TRANSACTION LOCK UNLOCK SET ANALYZE OPTIMIZE REPAIR CHECK FLUSH RESET LOAD OUTFILE BACKUP RESTORE".split()
)
SYSTEM = ("information_schema", "mysql", "performance_schema", "sys", "metrics_schema")


class ToolError(Exception):
    """A failure that is answered with status 200."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code


def refuse_dangerous(query: str) -> None:
    """The checks of text, which know no literals: a word inside quotes counts."""
    words = re.findall(r"\w+", query.upper())
    if not words:
        raise ToolError("VALIDATION_ERROR", "the query is empty")
    if "--" in query or re.search(r"/\*.*?\*/", query, re.DOTALL):
        raise ToolError("VALIDATION_ERROR", "the query has a comment")
    found = sorted(FORBIDDEN.intersection(words))
    if found:
        raise ToolError("VALIDATION_ERROR", f"forbidden keywords in the query: {', '.join(found)}")
    if words[0] not in FIRST_WORDS:
        raise ToolError("VALIDATION_ERROR", f"the query must start with one of {', '.join(sorted(FIRST_WORDS))}")


def plain(value):
    """A cell as JSON has it."""
    if isinstance(value, decimal.Decimal):
        return float(value)
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode()
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return str(value)
    return value


class Database:
    """A new connection for every query."""

    def __init__(self):
        self.login = {
            "host": os.environ["TIDB_HOST"],
            "port": int(os.environ["TIDB_PORT"]),
            "user": os.environ["TIDB_USER"],
            "password": os.environ["TIDB_PASSWORD"],
        }

    def rows(self, query: str, arguments=None) -> list[dict]:
        connection = pymysql.connect(
            **self.login, charset="utf8mb4", cursorclass=pymysql.cursors.DictCursor, autocommit=True
        )
        with connection, connection.cursor() as cursor:
            cursor.execute(query, arguments)
            return [{label: plain(cell) for label, cell in row.items()} for row in cursor.fetchall()]


class Tools:
    """The tools by name. A missing argument is a KeyError, one of the wrong type a TypeError."""

    def __init__(self, database: Database):
        self.database = database
        self.cache: dict[str, tuple[float, object]] = {}
        self.started = time.monotonic()

    def cached(self, key: str, make, use_cache: bool = True):
        kept = self.cache.get(key)
        if use_cache and kept and time.monotonic() - kept[0] < CACHE_SECONDS:
            return kept[1]
        made = make()
        if use_cache:
            self.cache[key] = (time.monotonic(), made)
        return made

    def execute_query_tool(self, query: str, timeout: int | None = None, use_cache: bool = True):
        return self.cached(f"query {query}", lambda: self.query(query), use_cache)

    def query(self, query: str):
        try:
            refuse_dangerous(query)
            rows = self.database.rows(query)
        except (ToolError, pymysql.err.MySQLError) as error:
            kind = "VALIDATION_ERROR" if isinstance(error, ToolError) else "QUERY_EXECUTION_ERROR"
            return {
                "success": False, "error": str(error), "error_type": kind,
                "columns": [], "rows": [], "row_count": 0, "truncated": False,
            }
        shown = rows[:ROW_CAP]
        return {
            "success": True, "columns": list(shown[0]) if shown else [], "rows": shown, "row_count": len(shown),
            "truncated": len(rows) > len(shown),
        }

    def validate_query_tool(self, query: str):
        try:
            refuse_dangerous(query)
        except ToolError as error:
            return {"valid": False, "message": str(error)}
        return {"valid": True, "message": "ok"}

    def discover_databases_tool(self):
        query = "SELECT SCHEMA_NAME AS name, DEFAULT_CHARACTER_SET_NAME AS charset, DEFAULT_COLLATION_NAME AS collation \
                 FROM information_schema.SCHEMATA"
        user_made = lambda: [row | {"accessible": True} for row in self.database.rows(query)
                             if row["name"].lower() not in SYSTEM]
        return self.cached("databases", user_made)

    def discover_tables_tool(self, database: str):
        query = "SELECT TABLE_NAME AS name, TABLE_TYPE AS type, ENGINE AS engine, TABLE_ROWS AS `rows`, \
                 ROUND((DATA_LENGTH + INDEX_LENGTH) / 1048576, 2) AS size_mb, TABLE_COMMENT AS comment \
                 FROM information_schema.TABLES WHERE TABLE_SCHEMA = %s"
        return self.cached(f"tables {database}", lambda: self.database.rows(query, (database,)))

    def get_table_schema_tool(self, database: str, table: str):
        return self.cached(f"schema {database}.{table}", lambda: self.schema(database, table))

    def schema(self, database: str, table: str):
        named = (database, table)
        columns = self.database.rows(
            "SELECT COLUMN_NAME AS name, DATA_TYPE AS data_type, IS_NULLABLE = 'YES' AS is_nullable, COLUMN_DEFAULT AS \
             default_value, COLUMN_KEY = 'PRI' AS is_primary_key, COLUMN_COMMENT AS comment FROM \
             information_schema.COLUMNS WHERE TABLE_SCHEMA = %s AND TABLE_NAME = %s ORDER BY ORDINAL_POSITION", named)
        keys = self.database.rows(
            "SELECT COLUMN_NAME AS column_name, CONSTRAINT_NAME AS constraint_name, REFERENCED_TABLE_SCHEMA AS \
             referenced_database, REFERENCED_TABLE_NAME AS referenced_table, REFERENCED_COLUMN_NAME AS \
             referenced_column FROM information_schema.KEY_COLUMN_USAGE WHERE TABLE_SCHEMA = %s AND TABLE_NAME = %s \
             AND REFERENCED_TABLE_NAME IS NOT NULL", named)
        parts = self.database.rows(
            "SELECT INDEX_NAME AS name, COLUMN_NAME AS part, NON_UNIQUE = 0 AS is_unique, INDEX_TYPE AS index_type FROM \
             information_schema.STATISTICS WHERE TABLE_SCHEMA = %s AND TABLE_NAME = %s ORDER BY INDEX_NAME, SEQ_IN_INDEX",
            named)
        indexes: dict[str, dict] = {}
        for part in parts:
            first = {key: part[key] for key in ("name", "index_type")} | {
                "columns": [], "is_unique": bool(part["is_unique"])}
            indexes.setdefault(part["name"], first)["columns"].append(part["part"])
        foreign = {key["column_name"] for key in keys}
        columns = [
            column | {"is_nullable": bool(column["is_nullable"]), "is_primary_key": bool(column["is_primary_key"]),
                      "is_foreign_key": column["name"] in foreign}
            for column in columns
        ]
        primary = [column["name"] for column in columns if column["is_primary_key"]]
        return {"database": database, "table": table, "columns": columns, "indexes": list(indexes.values()),
                "primary_keys": primary, "foreign_keys": keys}

    def get_server_stats_tool(self):
        return {"uptime_seconds": time.monotonic() - self.started, "cache": {"total_entries": len(self.cache)}}

    def clear_cache_tool(self, cache_type: str = "all"):
        cleared = len(self.cache)
        self.cache.clear()
        return {"success": True, "cache_type": cache_type, "entries_cleared": cleared}


# What a tool takes: name, type, and whether it must be there.
ARGUMENTS = {
    "execute_query_tool": {"query": (str, True), "timeout": (int, False), "use_cache": (bool, False)},
    "validate_query_tool": {"query": (str, True)},
    "discover_databases_tool": {},
    "discover_tables_tool": {"database": (str, True)},
    "get_table_schema_tool": {"database": (str, True), "table": (str, True)},
    "get_server_stats_tool": {},
    "clear_cache_tool": {"cache_type": (str, False)},
}


def problems(tool: str, given) -> list[dict]:
    """What is wrong with a request body, as the validator there words it; extra arguments are ignored."""
    wanted = ARGUMENTS[tool]
    if not isinstance(given, dict):
        required = any(must for _, must in wanted.values())
        return [{"type": "missing", "loc": ["body"], "msg": "Field required", "input": None}] if required else []
    found = []
    for name, (kind, must) in wanted.items():
        value = given.get(name)
        if name not in given and must:
            found.append({"type": "missing", "loc": ["body", name], "msg": "Field required", "input": given})
        elif name in given and not isinstance(value, kind) and not (value is None and not must):
            word = {str: "string", int: "integer", bool: "boolean"}[kind]
            found.append({"type": f"{word}_type", "loc": ["body", name],
                          "msg": f"Input should be a valid {word}", "input": value})
    return found


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    tools: Tools
    turn = threading.Lock()

    def do_GET(self) -> None:
        if self.path == "/health":
            return self.answer(200, {"status": "healthy"})
        self.answer(*self.missing())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        tool = self.path.removeprefix("/tools/")
        if tool not in ARGUMENTS or tool == self.path:
            return self.answer(*self.missing())
        try:
            given = json.loads(body) if body else None
        except ValueError:
            return self.answer(422, {"detail": [{"type": "json_invalid", "loc": ["body", 0],
                                                 "msg": "JSON decode error", "input": {}}]})
        wrong = problems(tool, given)
        if wrong:
            return self.answer(422, {"detail": wrong})
        arguments = {name: value for name, value in (given or {}).items() if name in ARGUMENTS[tool]}
        try:
            with self.turn:
                self.answer(200, getattr(self.tools, tool)(**arguments))
        except (ToolError, pymysql.err.MySQLError) as error:
            self.answer(200, {"error": {"code": getattr(error, "code", "TOOL_ERROR"), "message": str(error),
                                        "request_id": str(uuid.uuid4()), "tool_name": tool}})
        except BrokenPipeError:
            pass
        except Exception as error:  # noqa: BLE001: whatever fails is answered
            self.answer(500, {"detail": str(error)})

    def do_OPTIONS(self) -> None:
        self.answer(200, "OK")

    def missing(self):
        known = self.path == "/health" or self.path.removeprefix("/tools/") in ARGUMENTS
        return (405, {"detail": "Method Not Allowed"}) if known else (404, {"detail": "Not Found"})

    def answer(self, status: int, value) -> None:
        text = json.dumps(value, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        if "Origin" in self.headers:
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Access-Control-Allow-Credentials", "true")
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *arguments) -> None:
        pass


def main() -> None:
    parser = argparse.ArgumentParser(description="REST tools server on http://127.0.0.1:PORT")
    parser.add_argument("--port", type=int, required=True)
    Handler.tools = Tools(Database())
    ThreadingHTTPServer(("127.0.0.1", parser.parse_args().port), Handler).serve_forever()


if __name__ == "__main__":
    main()
