/* Diagnostic codes of verdict/: CODE(ENUM_NAME, "stable-word", CLASS, "what it means", "what to do"). */
CODE(WAIVER_NEEDLESS, "waiver-needless", DIAG_CONFIG, "A waiver stands in for limits that would be met without it.", "Remove the waiver, so that the limits count again.")
