/**
 * Imported before ONNX Runtime starts: its Linux builds since 1.29 report to their maker unless told not to. Nothing
 * leaves the machine here. What they gather also matches a regular expression against the whole command line by
 * recursion, which ends the process (SIGSEGV) from about 14,000 characters on in a worker thread: 200 file names.
 *
 * Takes effect only in the main thread, whose environment is the process's; workers have a copy. So the module that
 * starts the workers imports it, and the one that loads models for those who do so themselves.
 */
process.env.ORT_DISABLE_TELEMETRY ??= "1";
