/** JSON documents that are too long to be held as a tree: written member by member, in the same
 * form as json_write. */
#ifndef BASE_JSON_STREAM_H
#define BASE_JSON_STREAM_H

#include "base/json.h"
#include "base/text.h"

/** A document being written. `out` may be emptied between any two calls. */
struct json_stream {
    struct text *out;
    int depth;
    bool first; /**< nothing was written yet into what is open */
};

/** Opens the document, which is an object. */
struct json_stream json_stream_begin(struct text *out);

/** Closes it, with a final newline. */
void json_stream_end(struct json_stream *stream);

/** Members of the object that is open. */
void json_stream_text(struct json_stream *stream, const char *name, const char *text);
void json_stream_number(struct json_stream *stream, const char *name, double number);
void json_stream_value(struct json_stream *stream, const char *name, json *value); /**< takes it */

/** Opens an object or a list as a member; in a list `name` is NULL. */
void json_stream_object(struct json_stream *stream, const char *name);
void json_stream_list(struct json_stream *stream, const char *name);

/** Closes what was opened last. */
void json_stream_object_end(struct json_stream *stream);
void json_stream_list_end(struct json_stream *stream);

#endif
