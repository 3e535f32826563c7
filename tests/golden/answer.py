#!/usr/bin/env python3
"""Answers SQL statements (one JSON string a line) as pytidb's db_query does (one JSON answer a line).

  answer.py [--tidb-is] [--recorded FILE]... HOST PORT

--recorded  answers from these recordings (lines with sql, structured, content, isError) when they hold the statement
--tidb-is   the server is a MariaDB that holds TiDB's rows as tables of the database tidb_is

Anything else is asked of the server. Needs `pip install pymysql`.
"""

import argparse
import decimal
import json
import sys

import pymysql


def cell(value):
    if isinstance(value, decimal.Decimal):
        return str(value)
    if isinstance(value, bytes):
        return value.decode("utf-8")
    return value


def ask(connection, sql):
    with connection.cursor(pymysql.cursors.DictCursor) as cursor:
        try:
            cursor.execute(sql)
        except pymysql.MySQLError as error:
            text = f"Error executing tool db_query: (pymysql.err.{type(error).__name__}) {error.args}"
            return {"structured": None, "content": [text], "isError": True}
        rows = [{key: cell(value) for key, value in row.items()} for row in cursor.fetchall()]
    return {"structured": {"result": rows}, "content": [], "isError": False}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tidb-is", action="store_true")
    parser.add_argument("--recorded", action="append", default=[])
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    options = parser.parse_args()
    recorded = {}
    for path in options.recorded:
        for line in open(path, encoding="utf-8"):
            entry = json.loads(line)
            if "sql" in entry and entry.get("user", "root") == "root":
                recorded.setdefault(entry["sql"], entry)
    mode = "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES"
    connection = pymysql.connect(
        host=options.host, port=options.port, user="root", charset="utf8mb4",
        init_command="SET time_zone = '+00:00'" + (f", sql_mode = '{mode}'" if options.tidb_is else ""),
    )
    for line in sys.stdin:
        sql = json.loads(line)
        entry = recorded.get(sql)
        if entry:
            answer = {key: entry[key] for key in ("structured", "isError")} | {"content": []}
        else:
            text = sql.replace("information_schema.", "tidb_is.") if options.tidb_is else sql
            answer = ask(connection, text)
        print(json.dumps(answer, ensure_ascii=False), flush=True)


main()
