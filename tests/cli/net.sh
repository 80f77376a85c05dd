#!/usr/bin/env bash
# The networks of mazboot run and build: what QEMU is told, what the kernel is told, and what is refused before a machine starts.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$tmp" || exit 1
make_elf hello 183
nic0='-device virtio-net-device,netdev=net0,mac=52:54:00:1c:9d:c5'

# qemu OPTIONS...: what QEMU gets about networks
qemu() {
    play '' run --dry-run "$@" ./hello
    grep -o -- '-netdev .*' <<<"$out"
}

# kernel OPTIONS...: what the kernel gets about networks
kernel() {
    play 'item 4' run "$@" ./hello
    grep -E '^(net|host|dns)' <<<"$out" | paste -sd '|'
}

user='-netdev user,id=net0,net=10.0.2.0/24,host=10.0.2.2,dns=10.0.2.3,dhcpstart=10.0.2.15'
user+=',ipv6-prefix=fec0::,ipv6-prefixlen=64,ipv6-host=fec0::2,ipv6-dns=fec0::42'
told='net0=ip=10.0.2.15/24,gw=10.0.2.2,dns=10.0.2.3,ip6=fec0::15/64,gw6=fec0::2'
same 'a program that opens no socket has no net' '|' "$(qemu)|$(kernel)"
same 'user' "$user $nic0|$told" "$(qemu --net user)|$(kernel --net user)"
same 'none' '|' "$(qemu --net none)|$(kernel --net none)"
same 'ports bring a net' "$user,hostfwd=tcp:0.0.0.0:45871-10.0.2.15:80,hostfwd=udp:127.0.0.1:45872-10.0.2.15:53 $nic0" \
    "$(qemu -p 45871:80 -p 127.0.0.1:45872:53/udp)"
same 'address of my own' "-netdev user,id=net0,net=192.168.0.0/20,host=192.168.0.1,dns=192.168.0.2,dhcpstart=192.168.7.9,ipv6=off $nic0" \
    "$(qemu --net ip=192.168.7.9/20)"
same 'and the kernel knows it' 'net0=ip=192.168.7.9/20,gw=192.168.0.1,dns=192.168.0.2' "$(kernel --net ip=192.168.7.9/20)"
same 'the first address is the guest' 'net0=ip=10.9.0.1/24,gw=10.9.0.2,dns=10.9.0.3' "$(kernel --net ip=10.9.0.1/24)"
same 'everything said' 'net0=ip=10.9.0.1/24,gw=10.9.0.9,dns=1.1.1.1+9.9.9.9,ip6=2001:db8::5/64,gw6=2001:db8::7' \
    "$(kernel --net ip=10.9.0.1/24,gw=10.9.0.9,dns=1.1.1.1+9.9.9.9,ip6=2001:db8::5/64,gw6=2001:db8::7)"
same 'forward to that address' 'hostfwd=tcp:0.0.0.0:45871-10.9.0.1:80' "$(qemu --net ip=10.9.0.1/24 -p 45871:80 | grep -o 'hostfwd=[^ ]*')"
same 'dhcp' 'net0=dhcp' "$(kernel --net dhcp)"
same 'dhcp with a name server' 'net0=dhcp,dns=9.9.9.9' "$(kernel --net dhcp --dns 9.9.9.9)"
same 'name servers' 'net0=ip=10.0.2.15/24,gw=10.0.2.2,dns=1.1.1.1+9.9.9.9,ip6=fec0::15/64,gw6=fec0::2' \
    "$(kernel --net user --dns 1.1.1.1 --dns 9.9.9.9)"
same 'two nets' "$told|net1=ip=10.0.3.15/24,gw=10.0.3.2,dns=10.0.3.3" "$(kernel --net user --net user)"
same 'their cards ascend' '52:54:00:1c:9d:c5 52:54:01:1c:9d:c5' "$(qemu --net user --net user | grep -o 'mac=[^ ]*' | cut -d= -f2 | xargs)"
same 'a card of my own' 'mac=02:00:00:00:00:05' "$(qemu --net user,mac=02:00:00:00:00:05 | grep -o 'mac=[^ ]*')"
same 'hosts' "$told|host=10.0.0.5 db.test|host=2001:db8::1 six|host=10.0.2.2 gateway" \
    "$(kernel --net user --add-host db.test:10.0.0.5 --add-host six=2001:db8::1 --add-host gateway:host-gateway)"

# Certificates: the host's only for a program that looks for them, which this one isn't.
printf -- '-----BEGIN CERTIFICATE-----\nx\n' >ca.pem
play 'payload' run --ca-certs ca.pem ./hello
same 'certificates' '1' "$(grep -c '^item 7' <<<"$out")"
play 'item 7' run --ca-certs ca.pem ./hello
same 'certificates as they are' "$(cat ca.pem)" "$out"
play 'payload' run --net user ./hello
same 'no certificates' '0' "$(grep -c '^item 7' <<<"$out")"

# refuses NAME MESSAGE OPTIONS...
refuses() {
    local name=$1 message=$2
    shift 2
    play 'die 9' run "$@" ./hello
    same "$name" "125||mazboot: $message" "$status|$out|$err"
}
help='; see mazboot run --help'
refuses 'a port alone' "-p 80: write it as HOST:GUEST, two ports, such as 8080:80, 5353:53/udp or 127.0.0.1:8080:80$help" -p 80
refuses 'no such net' "--net brige: there is no \"brige\"; it is none, or some of user, tap=NAME, dhcp, ip=A.B.C.D/N, gw=, dns=, ip6=, gw6=, mac=$help" --net brige
refuses 'an address without its network' "--net ip=10.0.0.5: write it as ip=A.B.C.D/N, an address that a host may have$help" --net ip=10.0.0.5
refuses 'a gateway elsewhere' "--net ip=10.0.0.5/24,gw=10.0.1.1: gw must be another address of ip's network$help" --net ip=10.0.0.5/24,gw=10.0.1.1
refuses 'none and another' "--net none and another net are too much; give one of them$help" --net none --net user
refuses 'a name server' "--dns dns.test: write it as A.B.C.D; there may be 3 in all$help" --dns dns.test
refuses 'a host' "--add-host db: write it as NAME:ADDRESS; the address host-gateway is the host$help" --add-host db
refuses 'too small a network' '--net: the network that ip= is in has 8 to 29 bits' --net ip=10.0.0.1/30
refuses 'cards that descend' '--net: the MAC addresses must ascend in the order of the nets' --net user,mac=52:54:00:00:00:02 --net user,mac=52:54:00:00:00:01
refuses 'ports without a net' '-p needs a net of kind user; add --net user, or reach the guest at its own address' --net none -p 45871:80
refuses 'a gateway without a net' '--add-host: host-gateway needs a net of kind user; add --net user' --add-host h:host-gateway
refuses 'no such tap' 'there is no tap interface maz-none; make it as root with: ip tuntap add maz-none mode tap user $USER && ip link set maz-none up' --net tap=maz-none
refuses 'the same port twice' 'port 45871 (tcp) of 127.0.0.1 is in use; end what has it, or choose another with -p' -p 127.0.0.1:45871:80 -p 127.0.0.1:45871:81
refuses 'an address that is not here' '-p: 192.0.2.1 is not an address of this host' -p 192.0.2.1:45871:80
refuses 'no certificates in it' '--ca-certs: no certificate is in hello; it takes a file of PEM blocks' --ca-certs hello
refuses 'no such certificates' '--ca-certs: nowhere: No such file or directory' --ca-certs nowhere

# busy PROTOCOL: holds a port of 127.0.0.1 until the end; sets $port
busy() {
    exec {pipe}< <(exec perl -MIO::Socket::INET -e '$| = 1; my $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1", Proto => $ARGV[0],
        $ARGV[0] eq "tcp" ? (Listen => 1) : ()) or die; print $s->sockport, "\n"; sleep 600' "$1")
    holder=$!
    read -r port <&"$pipe"
}
busy tcp
refuses 'a port in use' "port $port (tcp) of 127.0.0.1 is in use; end what has it, or choose another with -p" -p "127.0.0.1:$port:80"
play 'exit 0' run -p "127.0.0.1:$port:80/udp" ./hello
same 'its other protocol is free' '0|' "$status|$err"
kill "$holder"
busy udp
refuses 'a port in use (udp)' "port $port (udp) of 0.0.0.0 is in use; end what has it, or choose another with -p" -p "$port:53/udp"
kill "$holder"

# inside FILE: the kernel's options about networks in an image
inside() {
    FAKE_GUEST="item 4" "$MAZBOOT_QEMU" -kernel "$1" socket,id=link,fd=1 | tail -c +9 | grep -aE '^(net|host)' | paste -sd '|'
}
play '' build --net ip=10.0.0.5/24,gw=10.0.0.1 --dns 9.9.9.9 --add-host db:10.0.0.6 ./hello -o hello.img
same 'build' '0|net0=ip=10.0.0.5/24,gw=10.0.0.1,dns=9.9.9.9|host=10.0.0.6 db' "$status|$(inside hello.img)"
play '' build ./hello -o hello.img
same 'build without a net' '0|' "$status|$(inside hello.img)"
ended
