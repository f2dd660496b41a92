/* Diagnostic codes of base/: CODE(ENUM_NAME, "stable-word", CLASS, "what it means", "what to do"). */
CODE(FILE_OPEN, "file-open", DIAG_CONFIG, "A file could not be opened.", "Check the path and its permissions.")
CODE(FILE_KIND, "file-kind", DIAG_CONFIG, "A path is not a regular file.", "Name a regular file; directories, pipes and devices are not read.")
CODE(FILE_READ, "file-read", DIAG_CONFIG, "A file could not be read to its end.", "Check the disk, and that nothing changes the file meanwhile.")
CODE(FILE_TOO_LARGE, "file-too-large", DIAG_CONFIG, "A file is larger than the bound for its kind.", "See `perfbudget limits`; split the file.")
CODE(PATH_OUTSIDE, "path-outside-root", DIAG_POLICY, "A path leaves the root of the project.", "Keep files below the root, or pass --allow-outside when you trust the budget file.")
CODE(OUTPUT_TARGET, "output-target", DIAG_CONFIG, "A file cannot be written where it was asked for; nothing was measured.", "Name a regular file in an existing, writable folder, or `-` for standard output. Symlinks, directories, pipes and devices (but /dev/null) are refused.")
CODE(OUTPUT_WRITE, "output-write", DIAG_INTERNAL, "A file could not be written to its end; what stood there before is untouched.", "Check the disk's room and permissions, and that whatever reads standard output is still there.")
