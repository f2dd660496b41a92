# Run by cpack before it packs: everything gets the time of SOURCE_DATE_EPOCH, so that packages of one
# source are the same bytes (reproducible-builds.org/specs/source-date-epoch).
if(DEFINED ENV{SOURCE_DATE_EPOCH})
    execute_process(COMMAND find ${CPACK_TEMPORARY_DIRECTORY} -exec touch -h -d @$ENV{SOURCE_DATE_EPOCH} {} +
        COMMAND_ERROR_IS_FATAL ANY)
endif()
