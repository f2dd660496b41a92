/* Diagnostic codes of run/: CODE(ENUM_NAME, "stable-word", CLASS, "what it means", "what to do"). */
