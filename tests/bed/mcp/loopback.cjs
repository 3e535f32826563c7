// Loaded before a Node.js server that would listen on every interface and has no setting for it: a server of the test bed
// listens on 127.0.0.1 alone.
"use strict";

const { Server } = require("node:net");

const listen = Server.prototype.listen;
Server.prototype.listen = function (port, ...rest) {
  const callbacks = rest.filter((argument) => typeof argument === "function");
  return listen.call(this, Number(port), "127.0.0.1", ...callbacks);
};
