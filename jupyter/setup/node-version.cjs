// Refuses a Node.js that is too old, in one sentence. Loaded with `node -r` before anything else, so its syntax is the
// oldest there is (ES5): every Node.js can read it.
var oldest = [20, 19];
var running = process.versions.node.split(".").map(Number);

if (running[0] < oldest[0] || (running[0] === oldest[0] && running[1] < oldest[1])) {
  console.error(
    "This course needs Node.js " +
      oldest.join(".") +
      " or newer; this is " +
      process.versions.node +
      ". Install Node.js 22 or 24 from nodejs.org (or with nvm: `nvm install 22`), then run the same command again.",
  );
  process.exit(1);
}
