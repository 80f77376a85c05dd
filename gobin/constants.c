/* SPDX-License-Identifier: Apache-2.0 */
#include "gobin/constants.h"

bool constants_get(const struct constants *c, uint8_t reg, int64_t *out)
{
    if (reg == REG_ZERO) {
        *out = 0;
        return true;
    }
    if (reg >= REG_COUNT || !c->known[reg])
        return false;
    *out = c->value[reg];
    return true;
}

bool constants_address(const struct constants *c, const struct insn *i, vaddr_t *out)
{
    int64_t base;
    if (i->indexed)
        return false;
    if (i->rn == REG_PC) { /* the decoder has worked it out */
        *out = (vaddr_t)i->imm;
        return true;
    }
    if (!constants_get(c, i->rn, &base))
        return false;
    *out = (vaddr_t)base + (vaddr_t)i->imm;
    return true;
}

static bool result(const struct constants *c, const struct insn *i, int64_t *out)
{
    int64_t a, b;
    switch (i->kind) {
    case INSN_SET:
    case INSN_ADDRESS:
        *out = i->imm;
        return true;
    case INSN_MOVE:
        return constants_get(c, i->rn, out);
    case INSN_ADD:
        if (!constants_get(c, i->rn, &a))
            return false;
        *out = (int64_t)((uint64_t)a + (uint64_t)i->imm);
        return true;
    case INSN_ADD_REG:
        if (!constants_get(c, i->rn, &a) || !constants_get(c, i->rm, &b))
            return false;
        *out = (int64_t)((uint64_t)a + (uint64_t)b);
        return true;
    default:
        return false;
    }
}

void constants_step(struct constants *c, const struct insn *i)
{
    int64_t value = 0;
    if (i->kind == INSN_CALL) {
        *c = (struct constants){0};
        return;
    }
    if (i->kind == INSN_STORE || i->kind == INSN_BRANCH || i->rd >= REG_COUNT)
        return;
    c->known[i->rd] = result(c, i, &value);
    c->value[i->rd] = value;
    if (i->rd2 < REG_COUNT)
        c->known[i->rd2] = false;
}
