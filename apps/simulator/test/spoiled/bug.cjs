/** A mistake that nobody catches, as soon as the command line listens for such. */
const timer = setInterval(() => {
  if (process.listenerCount('uncaughtException') === 0) return;
  clearInterval(timer);
  throw new TypeError('a mistake on purpose');
}, 1);
