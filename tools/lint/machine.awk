# Conditionals on the machine belong into folders that are about one machine; tests may ask what they run on.
FNR == 1 { allowed = FILENAME ~ /(^|\/)(arch|asm|port|target|arm64|amd64|riscv64|tests|bench)\// }

/^[ \t]*#[ \t]*(if|ifdef|ifndef|elif)[ \t(!]/ && !allowed &&
/__(aarch64|arm|arm64|x86_64|amd64|i386|riscv|ARM_ARCH|AARCH64EL|AARCH64EB)[a-z_]*__|__riscv|CONFIG_(ARM64|X86|RISCV)/ {
    print FILENAME ":" FNR ": a conditional on the machine, outside arch/, asm/ and target folders"
}
