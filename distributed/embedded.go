package distributed

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/gofrs/flock"
	"github.com/nats-io/nats-server/v2/server"

	"example.com/unstuck/internal/atomicfile"
)

// Embedded is a server in this process. The zero value keeps its files in the user's folder for caches.
//
// It listens on 127.0.0.1 alone, on a free port, and asks for a secret that is drawn with the port. Both lie in the folder, which
// only its owner can read, so that others on the same machine find it. Where another process serves the folder already, that one is
// connected to; when that one ends, one of those that are connected serves in its place.
type Embedded struct {
	Dir    string // empty: [DefaultDir]
	Follow bool   // never serves, but waits for another process that does
}

// running is a server of this process and what keeps others from its folder.
type running struct {
	server *server.Server
	lock   *flock.Flock
}

// address is what a folder says about the server that works in it.
type address struct {
	Port  int    `json:"port"`
	Token string `json:"token"`
}

const addressFile = "address.json"

// DefaultDir is the folder of a server whose Dir is empty: unstuck/queue in [os.UserCacheDir].
func DefaultDir() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("there is no folder for caches, name one for the queue: %w", err)
	}
	return filepath.Join(cache, "unstuck", "queue"), nil
}

// AddressIn is the URL of the server that works in a folder on this machine, or worked in it last. It has a secret in it.
func AddressIn(dir string) (string, error) {
	a, err := readAddress(dir)
	if err != nil {
		return "", err
	}
	if a.Port == 0 {
		return "", fmt.Errorf("no queue was started in %s yet", dir)
	}
	return a.url(), nil
}

func (a address) url() string { return fmt.Sprintf("nats://%s@127.0.0.1:%d", a.Token, a.Port) }

func readAddress(dir string) (address, error) {
	var a address
	path := filepath.Join(dir, addressFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return a, nil
	}
	if err == nil {
		if err = json.Unmarshal(text, &a); err != nil {
			err = fmt.Errorf("%s: %w", path, err)
		}
	}
	return a, err
}

// start starts the server, on the port that it had before where that is free, and else on another one with another secret: whoever has
// that port now may have been shown the old one. Where the folder is served already, there is no server, but the address of that one.
func (e Embedded) start() (running, address, error) {
	if err := os.MkdirAll(e.Dir, 0o700); err != nil {
		return running{}, address{}, err
	}
	lock := flock.New(filepath.Join(e.Dir, "lock"))
	free := false
	if !e.Follow {
		var err error
		if free, err = lock.TryLock(); err != nil {
			return running{}, address{}, err
		}
	}
	a, err := readAddress(e.Dir)
	if !free {
		return running{}, a, err
	}
	r := running{lock: lock}
	if err == nil {
		a, err = e.serve(&r, a)
	}
	if err != nil {
		r.stop()
		return running{}, address{}, err
	}
	return r, a, nil
}

func (e Embedded) serve(r *running, a address) (_ address, err error) {
	if a.Port != 0 && !isFree(a.Port) {
		a = address{}
	}
	if a.Token == "" {
		a.Token = rand.Text()
	}
	if r.server, err = e.listen(a); err != nil {
		return a, err
	}
	a.Port = r.server.Addr().(*net.TCPAddr).Port
	text, err := json.Marshal(a)
	if err != nil {
		return a, err
	}
	return a, atomicfile.Write(filepath.Join(e.Dir, addressFile), 0o600, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
}

// isFree asks the system, since the server would wait long for a port that somebody else has.
func isFree(port int) bool {
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return false
	}
	return l.Close() == nil
}

func (e Embedded) listen(a address) (*server.Server, error) {
	port := a.Port
	if port == 0 {
		port = server.RANDOM_PORT
	}
	s, err := server.NewServer(&server.Options{
		ServerName: "unstuck", Host: "127.0.0.1", Port: port, Authorization: a.Token,
		JetStream: true, StoreDir: e.Dir, NoSigs: true, NoLog: true,
	})
	if err != nil {
		return nil, fmt.Errorf("the server: %w", err)
	}
	s.Start()
	if !s.ReadyForConnections(20 * time.Second) {
		s.Shutdown()
		return nil, fmt.Errorf("the server: it can't listen on 127.0.0.1, port %d, or its files in %s take longer than 20 s to read", a.Port, e.Dir)
	}
	return s, nil
}

func (r running) stop() {
	if r.server != nil {
		r.server.Shutdown()
		r.server.WaitForShutdown()
	}
	if r.lock != nil {
		_ = r.lock.Unlock() // the end of the process does it as well
	}
}
