/* Diagnostic codes of report/: CODE(ENUM_NAME, "stable-word", CLASS, "what it means", "what to do"). */
CODE(REPORT_JSON, "report-json", DIAG_CONFIG, "A report is no JSON document; it may have been cut off.", "Use a report as `perfbudget check --output json=FILE` wrote it.")
CODE(REPORT_SCHEMA, "report-schema", DIAG_CONFIG, "A JSON document is no report of a version that this perfbudget reads.", "Use a report whose `schema` is perfbudget.report/1.")
CODE(REPORT_MEMBER, "report-member", DIAG_CONFIG, "A member of a report is missing, of another type, or contradicts another.", "Use a report as perfbudget wrote it; see docs/reference/report.schema.json.")
CODE(REPORT_INCOMPLETE, "report-incomplete", DIAG_UNMEASURED, "A report is of a run that was ended before it was done.", "Run `perfbudget check` again.")
CODE(REPORT_SAMPLES, "report-samples", DIAG_UNMEASURED, "A report does not hold all samples of a metric, so limits on it cannot be judged again.", "Look at the verdicts that are stored, or run `perfbudget check` again.")
CODE(REPORT_FOREIGN, "report-foreign", DIAG_UNMEASURED, "A diagnostic in a report has a code that this version does not know.", "Use the version that wrote the report.")
