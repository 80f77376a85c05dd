// SPDX-License-Identifier: Apache-2.0

// Tls is both ends of HTTPS. "tls serve" makes itself a certificate, prints it, and serves; "tls fetch URL" trusts the system's
// authorities and prints what the server says.
package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"flag"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"os"
	"strings"
	"time"
)

// certificate makes a key and a certificate of its own authority for these names.
func certificate(names []string) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: "Mazboot example"},
		NotBefore:             time.Now().Add(-24 * time.Hour),
		NotAfter:              time.Now().Add(24 * time.Hour),
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		IsCA:                  true,
		BasicConstraintsValid: true,
	}
	for _, name := range names {
		if ip := net.ParseIP(name); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, name)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}

func version(state *tls.ConnectionState) string {
	if state.Version == tls.VersionTLS13 {
		return "TLS 1.3"
	}
	return "an older TLS"
}

func serve(args []string) error {
	flags := flag.NewFlagSet("tls serve", flag.ExitOnError)
	address := flags.String("listen", ":8443", "`address` to listen on")
	names := flags.String("names", "localhost,127.0.0.1", "the server's `names` and addresses")
	flags.Parse(args)

	cert, err := certificate(strings.Split(*names, ","))
	if err != nil {
		return err
	}
	listener, err := tls.Listen("tcp", *address, &tls.Config{Certificates: []tls.Certificate{cert}})
	if err != nil {
		return err
	}
	pem.Encode(os.Stdout, &pem.Block{Type: "CERTIFICATE", Bytes: cert.Certificate[0]})
	return http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "hello over %s, %s\n", version(r.TLS), r.URL.Path)
	}))
}

func fetch(url string) error {
	reply, err := http.Get(url)
	if err != nil {
		return err
	}
	defer reply.Body.Close()
	_, err = io.Copy(os.Stdout, reply.Body)
	return err
}

func main() {
	log.SetFlags(0)
	var err error
	switch {
	case len(os.Args) > 1 && os.Args[1] == "serve":
		err = serve(os.Args[2:])
	case len(os.Args) == 3 && os.Args[1] == "fetch":
		err = fetch(os.Args[2])
	default:
		log.Fatal("usage: tls serve [-listen ADDRESS] [-names NAME,...] | tls fetch URL")
	}
	if err != nil {
		log.Fatal(err)
	}
}
