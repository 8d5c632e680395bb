/** Starts the command line of this process. */

export {};
