"""Serves pytidb's own MCP server on a port of 127.0.0.1, over streamable HTTP or over the older HTTP+SSE.

The published command line of pytidb knows no streamable HTTP and no port; for SSE it runs what this runs. The database
comes from TIDB_HOST, TIDB_PORT, TIDB_USERNAME, TIDB_PASSWORD and TIDB_DATABASE.
"""

import argparse

from pytidb.ext.mcp.server import mcp


def main() -> None:
    parser = argparse.ArgumentParser(description="pytidb's MCP server on 127.0.0.1, at /mcp or, over SSE, at /sse")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--transport", choices=["streamable-http", "sse"], default="streamable-http")
    arguments = parser.parse_args()
    mcp.settings.host = "127.0.0.1"
    mcp.settings.port = arguments.port
    mcp.run(arguments.transport)


if __name__ == "__main__":
    main()
