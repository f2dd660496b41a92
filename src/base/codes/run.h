/* Diagnostic codes of run/: CODE(ENUM_NAME, "stable-word", CLASS, "what it means", "what to do"). */
CODE(RUN_SERVER, "server-failed", DIAG_UNMEASURED, "A server could not be started, was not ready in time, or its port is another's.", "Start it by hand as the budget file says, and see what it prints; `timeout` of the server is how long it may take.")
CODE(RUN_COMPANY, "company-lost", DIAG_UNMEASURED, "The budget that this one runs alongside was not measured.", "Mend that one first.")
