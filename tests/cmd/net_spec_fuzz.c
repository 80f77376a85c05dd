/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any text as the value of --net, -p, --dns and --add-host. What passes must keep what its users
 * rely on, and a refusal is one sentence.
 */
#include "cmd/net_spec.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition)
{
    if (!condition)
        abort();
}

static void check_net(const char *text)
{
    struct net_spec spec;
    struct error err;

    if (net_spec_parse(&spec, text, &err) < 0) {
        require(strnlen(err.text, sizeof(err.text)) < sizeof(err.text));
        return;
    }
    require(!spec.none || strcmp(text, "none") == 0);
    require(!spec.user || spec.tap[0] == '\0');
    require(memchr(spec.tap, '\0', sizeof(spec.tap)) != NULL);
    require(spec.ip.prefix_bits <= 32 && spec.ip6.prefix_bits <= 128);
    require(!spec.has_gateway || spec.ip.prefix_bits);
    require(!spec.has_mac || (spec.mac[0] & 1) == 0);
    require(spec.nameserver_count <= NET_NAMESERVERS_MAX);
}

static void check_forward(const char *text)
{
    struct net_forward forward;
    struct error err;

    if (net_forward_parse(&forward, text, &err) == 0)
        require(forward.host_port && forward.guest_port);
}

static void check_host(const char *text)
{
    char name[NET_HOSTNAME_BYTES + 1];
    const char *address;
    struct error err;

    if (net_host_parse(text, name, &address, &err) == 0) {
        require(net_hostname_valid(name));
        require(address > text && address < text + strlen(text));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct in_addr list[NET_NAMESERVERS_MAX];
    unsigned count = 0;
    char *text = malloc(size + 1);

    memcpy(text, data, size);
    text[size] = '\0';
    check_net(text);
    check_forward(text);
    check_host(text);
    if (net_nameservers_parse(text, list, &count))
        require(count >= 1 && count <= NET_NAMESERVERS_MAX);
    free(text);
    return 0;
}
