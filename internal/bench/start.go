package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// cookie is what a plugin of Terraform asks for, so that nobody starts it by hand.
const cookie = "TF_PLUGIN_MAGIC_COOKIE=d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2"

// schemaMethods ask for the schema, by the version of the protocol.
var schemaMethods = map[string]string{"5": "/tfplugin5.Provider/GetSchema", "6": "/tfplugin6.Provider/GetProviderSchema"}

// starts compares providers from their start until their schema is served.
func (w *world) starts() ([]measured, error) {
	start := func(name string) subject {
		path := filepath.Join(w.binaries, "terraform-provider-"+name)
		return subject{name, func() (float64, error) { return seconds(func() error { return served(path) }) }}
	}
	all := []measured{{"from the start until the schema is served", "s", 0, start("floor"), start("otp")}}
	if _, err := os.Stat(filepath.Join(w.binaries, "terraform-provider-time")); err == nil {
		all = append(all, measured{"the same, hashicorp/time", "s", 1.3, start("time"), start("otp")})
	}
	return all, nil
}

// served starts a provider as Terraform does, asks for its schema, and ends it.
func served(path string) (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, path)
	command.Env = append(os.Environ(), cookie, "PLUGIN_PROTOCOL_VERSIONS=5,6", "PLUGIN_MIN_PORT=10000", "PLUGIN_MAX_PORT=25000")
	output, err := command.StdoutPipe()
	if err != nil {
		return err
	}
	if err := command.Start(); err != nil {
		return err
	}
	defer func() {
		// How it ends is no matter: it is killed.
		err = errors.Join(err, command.Process.Kill())
		_ = command.Wait()
	}()
	// 1|6|unix|/tmp/plugin123|grpc|
	line, err := bufio.NewReader(output).ReadString('\n')
	if err != nil {
		return fmt.Errorf("%s says no handshake: %w", path, err)
	}
	parts := strings.Split(strings.TrimSpace(line), "|")
	if len(parts) < 5 || schemaMethods[parts[1]] == "" {
		return fmt.Errorf("%s says %q, which is no handshake", path, line)
	}
	target := parts[3]
	if parts[2] == "unix" {
		target = "unix:" + target
	}
	conn, err := grpc.NewClient(target, grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.ForceCodec(raw{}), grpc.MaxCallRecvMsgSize(64<<20)))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	var schema []byte
	if err := conn.Invoke(ctx, schemaMethods[parts[1]], []byte{}, &schema); err != nil {
		return err
	}
	if len(schema) < 100 {
		return fmt.Errorf("%s has a schema of %d bytes", path, len(schema))
	}
	return nil
}

// raw leaves messages as they are: nothing reads them here.
type raw struct{}

func (raw) Name() string { return "proto" }

func (raw) Marshal(message any) ([]byte, error) {
	content, ok := message.([]byte)
	if !ok {
		return nil, fmt.Errorf("%T is no raw message", message)
	}
	return content, nil
}

func (raw) Unmarshal(content []byte, message any) error {
	into, ok := message.(*[]byte)
	if !ok {
		return fmt.Errorf("%T is no raw message", message)
	}
	*into = append([]byte{}, content...)
	return nil
}
