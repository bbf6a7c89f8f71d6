// PostgreSQL with pgvector on a port: node server.js FOLDER PORT [vector]
//
// PGlite is one session, which all connections share, message by message. What a client sends up to its Sync belongs together: its
// Parse makes the statement that its Bind means. So from the first of such messages to the last, as in a transaction, no other
// client's message comes between.

import { PGlite } from "@electric-sql/pglite";
import { vector } from "@electric-sql/pglite-pgvector";
import { PGLiteSocketServer } from "@electric-sql/pglite-socket";

const [folder, port, extension] = process.argv.slice(2);
const db = await PGlite.create({ dataDir: folder, extensions: extension === "vector" ? { vector } : {} });

/** Parse, Bind, Describe, Execute, Close and Flush, behind which more must come. */
const UNFINISHED = new Set([..."PBDECH"].map((letter) => letter.charCodeAt(0)));
let isUnfinished = false;

const { execProtocolRawStream, exec, isInTransaction } = db;
db.execProtocolRawStream = function (message, options) {
  isUnfinished = UNFINISHED.has(message[0]);
  return execProtocolRawStream.call(this, message, options);
};
db.exec = function (...given) {
  // The socket's server rolls back what a client has left.
  isUnfinished = false;
  return exec.apply(this, given);
};
db.isInTransaction = function () {
  return isUnfinished || isInTransaction.call(this);
};

await new PGLiteSocketServer({ db, host: "127.0.0.1", port: Number(port), maxConnections: 20 }).start();
console.log("listening");
