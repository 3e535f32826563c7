"""Serves pytidb's own MCP server over streamable HTTP on a port of 127.0.0.1.

The published command line of pytidb knows no streamable HTTP and no port. The database comes from TIDB_HOST, TIDB_PORT,
TIDB_USERNAME, TIDB_PASSWORD and TIDB_DATABASE.
"""

import argparse

from pytidb.ext.mcp.server import mcp


def main() -> None:
    parser = argparse.ArgumentParser(description="pytidb's MCP server on http://127.0.0.1:PORT/mcp")
    parser.add_argument("--port", type=int, required=True)
    mcp.settings.host = "127.0.0.1"
    mcp.settings.port = parser.parse_args().port
    mcp.run("streamable-http")


if __name__ == "__main__":
    main()
