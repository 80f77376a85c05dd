/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/options.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Whether word (of that length) is one of the spec's spellings. */
static bool spec_has(const struct option_spec *spec, const char *word, size_t length)
{
    const char *at = spec->name;

    for (;;) {
        size_t span = strcspn(at, ",");
        if (span == length && strncmp(at, word, length) == 0)
            return true;
        if (at[span] == '\0')
            return false;
        at += span + strspn(at + span, ", ");
    }
}

static const struct option_spec *spec_find(const struct option_spec *specs, const char *word,
                                           size_t length)
{
    for (; specs->name; specs++)
        if (spec_has(specs, word, length))
            return specs;
    return NULL;
}

static bool value_is_optional(const struct option_spec *spec)
{
    return spec->value[0] == '[';
}

/* One option word: "--name", "--name=value", "-n" or "-nvalue". */
struct word {
    const char *text;
    size_t name_length;
    const char *attached; /* the value written into the same word, or NULL */
};

static struct word word_split(const char *text)
{
    struct word word = {.text = text};

    if (text[1] != '-') {
        word.name_length = 2;
        word.attached = text[2] ? text + 2 : NULL;
    } else {
        word.name_length = strcspn(text, "=");
        word.attached = text[word.name_length] ? text + word.name_length + 1 : NULL;
    }
    return word;
}

/* The value that belongs to the option at argv[*index], which moves on if the value is the next
 * word. */
static int value_take(const struct option_spec *spec, const struct word *word, int argc,
                      char **argv, int *index, const char **value, struct error *err)
{
    *value = word->attached;
    if (!spec->value && word->attached)
        return error_set(err, -EINVAL, "%.*s takes no value", (int)word->name_length, word->text);
    if (!spec->value || word->attached || value_is_optional(spec))
        return 0;
    if (*index + 1 >= argc)
        return error_set(err, -EINVAL, "%s needs a value: %s %s", word->text, word->text,
                         spec->value);
    *value = argv[++*index];
    return 0;
}

const struct option_spec *option_find(const struct option_spec *specs, const char *word)
{
    return spec_find(specs, word, strcspn(word, "="));
}

static int option_handle(const struct option_spec *specs, void *target, int argc, char **argv,
                         int *index, struct error *err)
{
    struct word word = word_split(argv[*index]);
    const struct option_spec *spec = spec_find(specs, word.text, word.name_length);
    const char *value;

    /* -smp and the like: a single dash and a whole word, as QEMU writes it. */
    if (!spec && word.text[1] != '-') {
        word = (struct word){.text = argv[*index], .name_length = strlen(argv[*index])};
        spec = spec_find(specs, word.text, word.name_length);
    }
    if (!spec)
        return error_set(err, -EINVAL, "unknown option %s", word.text);
    int result = value_take(spec, &word, argc, argv, index, &value, err);
    return result < 0 ? result : spec->set(target, value, err);
}

int options_parse(const struct option_spec *specs, void *target, int argc, char **argv,
                  int *operand, bool *help, struct error *err)
{
    int i = 1;

    *help = false;
    for (; i < argc && argv[i][0] == '-' && argv[i][1] != '\0'; i++) {
        if (strcmp(argv[i], "--") == 0) {
            i++;
            break;
        }
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            *help = true;
            continue;
        }
        int result = option_handle(specs, target, argc, argv, &i, err);
        if (result < 0)
            return result;
    }
    *operand = i;
    return 0;
}
