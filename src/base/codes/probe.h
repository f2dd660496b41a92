/* Diagnostic codes of probe/: CODE(ENUM_NAME, "stable-word", CLASS, "what it means", "what to do").
 */
CODE(PLUGIN_FILE, "plugin-file", DIAG_CONFIG, "A plugin cannot be loaded or started.",
     "Name a shared object, or an executable file, that is built for this machine.")
CODE(PLUGIN_UNSAFE, "plugin-unsafe", DIAG_POLICY,
     "A plugin, or a folder above it, can be changed by other users of the machine.",
     "Let root or yourself own the file and its folders, and take write permission from group and "
     "others: `chmod go-w`.")
CODE(PLUGIN_ABI, "plugin-abi", DIAG_CONFIG,
     "A plugin is built for another version of the probe interface.",
     "Build it again with the probe.h of this perfbudget.")
CODE(PLUGIN_TAKEN, "plugin-name-taken", DIAG_CONFIG, "A plugin's name is that of another probe.",
     "Leave one of the two out, or rename the plugin's probe.")
CODE(PLUGIN_DESCRIPTION, "plugin-description", DIAG_CONFIG,
     "What an executable plugin prints for --describe is no description of a probe.",
     "See docs/plugins.md for the members of the description.")
CODE(PROBE_TABLE, "probe-table", DIAG_CONFIG, "The tables of a probe break the rules of probe.h.",
     "Mend the plugin as the message says.")
CODE(PROBE_OPTIONS, "probe-options", DIAG_CONFIG, "The options of a probe do not fit together.",
     "Mend `with:` as the message says; `perfbudget probes NAME` lists the options.")
CODE(PROBE_DECLARED, "probe-declared-metric", DIAG_CONFIG,
     "A metric that a budget adds to its probe has a name that cannot be used.",
     "Write lower-case letters, digits and _, beginning with a letter; not the name of a statistic "
     "or of another metric.")
CODE(PROBE_FAILED_TARGET, "probe-target", DIAG_UNMEASURED,
     "What was to be measured is not there, or is not what the probe can measure.",
     "Check the target and that it is built before it is measured.")
CODE(PROBE_FAILED_CRASH, "probe-crash", DIAG_UNMEASURED,
     "What was measured ended by a signal or with an unexpected exit status.",
     "Run it by hand; `with: {status: N}` names another exit status that is right.")
CODE(PROBE_FAILED_TIMEOUT, "probe-timeout", DIAG_UNMEASURED,
     "A run was not over when its time was.",
     "Raise `timeout` (one run) or `time_limit` (all runs) if it may take that long.")
CODE(PROBE_FAILED_DATA, "probe-data", DIAG_UNMEASURED,
     "What was measured ran, but gave no number that can be used.",
     "Check what it prints, and the pattern or pointer that reads it.")
CODE(PROBE_FAILED_CANCELLED, "probe-cancelled", DIAG_UNMEASURED, "The measurement was interrupted.",
     "Run it again.")
CODE(PROBE_FAILED_REFUSED, "probe-refused", DIAG_POLICY,
     "The probe was asked for something that is not allowed.",
     "Keep targets below the root, or pass --allow-outside when you trust the budget file.")
CODE(PROBE_FAILED_SYSTEM, "probe-system", DIAG_UNMEASURED,
     "The machine failed while measuring: no memory, no process, a library's error.",
     "Free what ran out, and measure again.")
CODE(PROBE_NOT_EXACT, "probe-not-exact", DIAG_UNMEASURED,
     "A metric that is declared exact came out differently.",
     "Declare it noisy (`nature: noisy` where the budget file reads it), or find what makes it "
     "change.")
CODE(PROBE_NO_DATA, "probe-no-data", DIAG_UNMEASURED,
     "A run ended well but gave nothing of what the limits are about.",
     "Check the target; a probe that measured nothing never passes.")
CODE(PROBE_CONTRACT, "probe-contract", DIAG_UNMEASURED,
     "A probe broke the rules of probe.h while measuring.",
     "This is a mistake in the probe: tell its author.")
CODE(PROBE_CACHE, "cache-unused", DIAG_INTERNAL,
     "The folder that compressed sizes are kept in from run to run cannot be used, or cannot be "
     "trusted; sizes are computed anew.",
     "Let the folder belong to you alone (`chmod -R go-w`), or pass --no-cache. docs/caching.md "
     "says where it is.")
CODE(PROBE_BUCKETS, "probe-buckets", DIAG_UNMEASURED,
     "A load gave more samples than are kept one by one.",
     "Nothing need be done: quantiles are known to 0.1 %, and a verdict takes that into account on "
     "both sides.")
CODE(PROBE_REMARKED, "probe-remark", DIAG_UNMEASURED,
     "A probe has something to say about a measurement.", "Read the message.")
