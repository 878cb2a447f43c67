// A server command as a user may have one: node running the binding, named by the first argument, with Chroma's arguments behind it.
require(process.argv[2]).cli(['chroma', 'run', ...process.argv.slice(3)]);
