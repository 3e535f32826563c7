#!/usr/bin/env python3
"""Answers SQL statements (one JSON string a line) as pytidb's db_query does (one JSON answer a line).

  answer.py [--tidb STATE] [--recorded FILE]... [--user NAME --password WORD] HOST PORT

--recorded  answers from these recordings (lines with sql, structured, content, isError) when they hold the statement
--tidb      the server is an empty MariaDB: load TiDB's rows of tests/bed/tidb/STATE (base or after_alter) into tables of
            its database tidb_is, ask those instead of information_schema, and answer from its other recordings

Anything else is asked of the server. Needs `pip install pymysql`.
"""

import argparse
import decimal
import json
import pathlib
import sys

import pymysql

TIDB = pathlib.Path(__file__).parent.parent / "bed" / "tidb"


def cell(value):
    if isinstance(value, decimal.Decimal):
        return str(value)
    if isinstance(value, bytes):
        return value.decode("utf-8")
    return value


def lines(path):
    return [json.loads(line) for line in open(path, encoding="utf-8")]


def answer(rows):
    return {"structured": {"result": rows}, "content": [], "isError": False}


def ask(connection, sql):
    with connection.cursor(pymysql.cursors.DictCursor) as cursor:
        try:
            cursor.execute(sql)
        except pymysql.MySQLError as error:
            text = f"Error executing tool db_query: (pymysql.err.{type(error).__name__}) {error.args}"
            return {"structured": None, "content": [text], "isError": True}
        return answer([{key: cell(value) for key, value in row.items()} for row in cursor.fetchall()])


def load(connection, state):
    """TiDB's tables and rows; returns its other recorded answers, by statement without backquotes."""
    with connection.cursor() as cursor:
        for statement in (TIDB / "tables.sql").read_text(encoding="utf-8").split(";\n"):
            if statement.strip():
                cursor.execute(statement)
        for path in sorted((TIDB / state).glob("[A-Z]*.ndjson")):
            for row in lines(path):
                names = ",".join(f"`{name}`" for name in row)
                holes = ",".join(["%s"] * len(row))
                cursor.execute(f"INSERT INTO tidb_is.`{path.stem}` ({names}) VALUES ({holes})", list(row.values()))
    connection.commit()
    told = lines(TIDB / "answers.ndjson") + lines(TIDB / state / "show_create.ndjson")
    return {entry["sql"].replace("`", ""): answer(entry["rows"]) for entry in told}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tidb", metavar="STATE")
    parser.add_argument("--recorded", action="append", default=[])
    parser.add_argument("--user", default="root")
    parser.add_argument("--password", default="")
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    options = parser.parse_args()
    recorded = {}
    for path in options.recorded:
        for entry in lines(path):
            if "sql" in entry and entry.get("user", "root") == options.user:
                recorded.setdefault(entry["sql"], entry)
    mode = "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES"
    connection = pymysql.connect(
        host=options.host, port=options.port, user=options.user, password=options.password, charset="utf8mb4",
        init_command="SET time_zone = '+00:00'" + (f", sql_mode = '{mode}'" if options.tidb else ""),
    )
    told = load(connection, options.tidb) if options.tidb else {}
    for line in sys.stdin:
        sql = json.loads(line)
        entry = recorded.get(sql)
        if entry:
            reply = {key: entry[key] for key in ("structured", "isError")} | {"content": []}
        elif sql.replace("`", "") in told:
            reply = told[sql.replace("`", "")]
        else:
            reply = ask(connection, sql.replace("information_schema.", "tidb_is.") if options.tidb else sql)
        print(json.dumps(reply, ensure_ascii=False), flush=True)


main()
