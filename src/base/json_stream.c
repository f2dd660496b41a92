#include "base/json_stream.h"

#include "base/json_internal.h"

/** What comes before a member's value, or before an item where there is no name. */
static void begin_member(struct json_stream *stream, const char *name) {
    if (!stream->first) text_add_char(stream->out, ',');
    stream->first = false;
    json_add_newline(stream->out, stream->depth);
    if (!name) return;
    json_add_quoted(stream->out, name);
    text_add(stream->out, ": ");
}

static void open_branch(struct json_stream *stream, char bracket) {
    text_add_char(stream->out, bracket);
    stream->depth++;
    stream->first = true;
}

static void close_branch(struct json_stream *stream, char bracket) {
    stream->depth--;
    if (!stream->first) json_add_newline(stream->out, stream->depth);
    text_add_char(stream->out, bracket);
    stream->first = false;
}

struct json_stream json_stream_begin(struct text *out) {
    struct json_stream stream = {.out = out};
    open_branch(&stream, '{');
    return stream;
}

void json_stream_end(struct json_stream *stream) {
    close_branch(stream, '}');
    text_add_char(stream->out, '\n');
}

void json_stream_text(struct json_stream *stream, const char *name, const char *text) {
    begin_member(stream, name);
    json_add_quoted(stream->out, text);
}

void json_stream_number(struct json_stream *stream, const char *name, double number) {
    begin_member(stream, name);
    json_add_number(stream->out, number);
}

void json_stream_value(struct json_stream *stream, const char *name, json *value) {
    begin_member(stream, name);
    json_add_value(stream->out, value, stream->depth);
    json_free(value);
}

void json_stream_object(struct json_stream *stream, const char *name) {
    begin_member(stream, name);
    open_branch(stream, '{');
}

void json_stream_list(struct json_stream *stream, const char *name) {
    begin_member(stream, name);
    open_branch(stream, '[');
}

void json_stream_object_end(struct json_stream *stream) {
    close_branch(stream, '}');
}

void json_stream_list_end(struct json_stream *stream) {
    close_branch(stream, ']');
}
