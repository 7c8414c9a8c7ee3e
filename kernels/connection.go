package kernels

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"strconv"
)

// connection is Jupyter's connection file: where a kernel listens, and the key that signs messages.
// https://jupyter-client.readthedocs.io/en/stable/kernels.html#connection-files
type connection struct {
	Transport       string `json:"transport"`
	IP              string `json:"ip"`
	ShellPort       int    `json:"shell_port"`
	IOPubPort       int    `json:"iopub_port"`
	StdinPort       int    `json:"stdin_port"`
	ControlPort     int    `json:"control_port"`
	HeartbeatPort   int    `json:"hb_port"`
	SignatureScheme string `json:"signature_scheme"`
	Key             string `json:"key"`
	KernelName      string `json:"kernel_name,omitempty"`
}

func readConnection(file string) (connection, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return connection{}, fmt.Errorf("connection file: %w", err)
	}
	c := connection{Transport: "tcp", IP: "127.0.0.1"}
	if err := json.Unmarshal(content, &c); err != nil {
		return connection{}, fmt.Errorf("connection file %s is not JSON: %w", file, err)
	}
	if c.Transport != "tcp" && c.Transport != "ipc" {
		return connection{}, fmt.Errorf("connection file %s: transport %q, want tcp or ipc", file, c.Transport)
	}
	if c.Key != "" && c.SignatureScheme != "hmac-sha256" {
		return connection{}, fmt.Errorf("connection file %s: signature scheme %q, want hmac-sha256", file, c.SignatureScheme)
	}
	for _, port := range c.ports() {
		if port < 1 || port > 65535 {
			return connection{}, fmt.Errorf("connection file %s: it needs five ports from 1 to 65535, got %v", file, c.ports())
		}
	}
	return c, nil
}

func (c connection) write(file string) error {
	content, err := json.Marshal(c)
	if err != nil {
		return err
	}
	return os.WriteFile(file, content, 0o600) // it holds the key
}

// ports lists the ports in the order of [channels].
func (c connection) ports() []int {
	return []int{c.ShellPort, c.ControlPort, c.StdinPort, c.IOPubPort, c.HeartbeatPort}
}

// channels names the five sockets of a kernel.
var channels = []string{"shell", "control", "stdin", "iopub", "heartbeat"}

// address returns the network and the address of a port, for package net.
func (c connection) address(port int) (network, address string) {
	if c.Transport == "ipc" {
		return "unix", c.IP + "-" + strconv.Itoa(port)
	}
	return "tcp", net.JoinHostPort(c.IP, strconv.Itoa(port))
}

// inner returns a connection with the same key on five free ports of this machine, for GoNB. The ports are free when it
// returns, not reserved: another program can be faster.
func (c connection) inner() (connection, error) {
	var ports []int
	for range channels {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return connection{}, fmt.Errorf("no free port: %w", err)
		}
		defer listener.Close() // only now, so that the five differ
		ports = append(ports, listener.Addr().(*net.TCPAddr).Port)
	}
	c.Transport, c.IP = "tcp", "127.0.0.1"
	c.ShellPort, c.ControlPort, c.StdinPort, c.IOPubPort, c.HeartbeatPort = ports[0], ports[1], ports[2], ports[3], ports[4]
	return c, nil
}
