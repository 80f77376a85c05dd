/* SPDX-License-Identifier: Apache-2.0 */
/* Any frames from the guest: the file is JSON (jansson reads it), its times never go back, and
 * every begin has its end. An input is frames: type, size, data. */
#include "cmd/trace_json.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *convert(const uint8_t *data, size_t size)
{
    char *text;
    size_t length;
    uint64_t lost;
    struct error err;
    FILE *out = open_memstream(&text, &length);
    struct trace_json *t = trace_json_open(out, "a \"program\"\n\xff");
    while (size >= 2) {
        size_t n = data[1] < size - 2 ? data[1] : size - 2;
        if (data[0] & 1)
            trace_json_thread(t, data + 2, n);
        else
            trace_json_events(t, data + 2, n);
        data += 2 + n;
        size -= 2 + n;
    }
    if (trace_json_close(t, &lost, &err) < 0)
        abort();
    fclose(out);
    return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = convert(data, size);
    json_error_t why;
    json_t *root = json_loads(text, 0, &why), *events = json_object_get(root, "traceEvents"), *e;
    double last = 0;
    size_t i;
    long depth = 0;
    if (!json_is_array(events))
        abort();
    json_array_foreach(events, i, e)
    {
        const char *phase = json_string_value(json_object_get(e, "ph"));
        double ts = json_number_value(json_object_get(e, "ts"));
        if (ts < last)
            abort();
        last = ts;
        depth += *phase == 'B' ? 1 : *phase == 'E' ? -1 : 0;
        if (depth < 0)
            abort();
    }
    if (depth != 0)
        abort();
    json_decref(root);
    free(text);
    return 0;
}
