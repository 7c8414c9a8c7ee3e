package programs

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/internal/smalldisk"
)

func keyOf(i int) Key { return sha256.Sum256([]byte(fmt.Sprint("program ", i))) }

// contentOf is a program of a size that depends on its number.
func contentOf(i int) []byte { return bytes.Repeat([]byte{byte(i), byte(i >> 8), 7}, 300+i%50) }

func newStore(t *testing.T, limit int64) *Store {
	s, err := Open(filepath.Join(t.TempDir(), "cache", "programs"), limit)
	require.NoError(t, err)
	return s
}

func TestStore(t *testing.T) {
	s := newStore(t, 0)
	_, ok := s.Get(keyOf(1))
	require.False(t, ok)
	for i := range 5 {
		require.NoError(t, s.Put(keyOf(i), contentOf(i)))
	}
	require.NoError(t, s.Reject(keyOf(4)))
	for i := range 4 {
		got, ok := s.Get(keyOf(i))
		require.True(t, ok)
		require.Equal(t, contentOf(i), got)
	}
	got, ok := s.Get(keyOf(4))
	require.True(t, ok)
	require.Empty(t, got, "rejected")
	entries, size, err := s.Usage()
	require.NoError(t, err)
	require.Equal(t, 5, entries)
	require.Greater(t, size, int64(4*900))
	require.NoError(t, s.Clear())
	entries, size, err = s.Usage()
	require.NoError(t, err)
	require.Zero(t, entries)
	require.Zero(t, size)
	info, err := os.Stat(s.Folder())
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o700), info.Mode().Perm())
}

// TestDamage flips each byte of an entry, cuts it everywhere, adds to it, and gives it another's name.
func TestDamage(t *testing.T) {
	s := newStore(t, 0)
	key, other := keyOf(1), keyOf(2)
	require.NoError(t, s.Put(key, contentOf(1)[:40]))
	whole, err := os.ReadFile(s.path(key))
	require.NoError(t, err)
	damaged := [][]byte{append(bytes.Clone(whole), 0), {}}
	for i := range whole {
		flipped := bytes.Clone(whole)
		flipped[i] ^= 1 << (i % 8)
		damaged = append(damaged, flipped, whole[:i])
	}
	for _, text := range damaged {
		require.NoError(t, os.WriteFile(s.path(key), text, 0o600))
		_, ok := s.Get(key)
		require.False(t, ok)
		require.NoFileExists(t, s.path(key), "it is in nobody's way")
	}
	require.NoError(t, os.WriteFile(s.path(other), whole, 0o600))
	_, ok := s.Get(other)
	require.False(t, ok)
}

func TestLeastRecentlyUsedGoesFirst(t *testing.T) {
	const each = int64(len(magic)+sha256.Size) + 900
	s := newStore(t, 10*each)
	content := func(i int) []byte { return bytes.Repeat([]byte{byte(i)}, 900) }
	old := time.Now().Add(-time.Hour)
	for i := range 10 {
		require.NoError(t, s.Put(keyOf(i), content(i)))
		require.NoError(t, os.Chtimes(s.path(keyOf(i)), old.Add(time.Duration(i)*time.Second), old.Add(time.Duration(i)*time.Second)))
	}
	_, ok := s.Get(keyOf(0)) // used now
	require.True(t, ok)
	require.NoError(t, s.Put(keyOf(10), content(10)))
	for i, want := range []bool{true, false, false, true, true, true, true, true, true, true, true} {
		_, ok := s.Get(keyOf(i))
		require.Equal(t, want, ok, "%d", i)
	}
	require.NoError(t, s.Put(keyOf(11), make([]byte, 9*900)), "a program as large as the store isn't kept, and is no error")
	_, ok = s.Get(keyOf(11))
	require.False(t, ok)
}

func TestFolders(t *testing.T) {
	root := t.TempDir()
	file := filepath.Join(root, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err := Open(file, 0)
	require.ErrorContains(t, err, "is no folder")
	_, err = Open(filepath.Join(file, "programs"), 0)
	require.Error(t, err)
	real := filepath.Join(root, "real")
	require.NoError(t, os.Mkdir(real, 0o700))
	link := filepath.Join(root, "link")
	require.NoError(t, os.Symlink(real, link))
	_, err = Open(link, 0)
	require.ErrorContains(t, err, "is no folder", "whoever makes a link says what is loaded")

	open := filepath.Join(root, "open")
	require.NoError(t, os.Mkdir(open, 0o700))
	require.NoError(t, os.Chmod(open, 0o750))
	inside := filepath.Join(open, "thesis.tex")
	require.NoError(t, os.WriteFile(inside, nil, 0o600))
	_, err = Open(open, 0)
	require.ErrorContains(t, err, "is open to other users")
	require.FileExists(t, inside)
}

func TestFullDisk(t *testing.T) {
	s, err := Open(filepath.Join(smalldisk.New(t, 64<<10), "programs"), 0)
	require.NoError(t, err)
	require.Error(t, s.Put(keyOf(1), make([]byte, 1<<20)))
	require.True(t, s.closed())
	require.NoError(t, s.Put(keyOf(2), contentOf(2)), "once said is enough")
	_, ok := s.Get(keyOf(2))
	require.False(t, ok)
	left, err := os.ReadDir(s.Folder())
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestAtOnce(t *testing.T) {
	s := newStore(t, 40_000)
	second, err := Open(s.Folder(), 40_000)
	require.NoError(t, err)
	var wait sync.WaitGroup
	for worker := range 8 {
		wait.Go(func() {
			store := []*Store{s, second}[worker%2]
			for i := range 200 {
				if got, ok := store.Get(keyOf(i % 60)); ok && !bytes.Equal(got, contentOf(i%60)) {
					t.Errorf("%d is another program", i%60)
				}
				if err := store.Put(keyOf(i%60), contentOf(i%60)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	_, size, err := s.Usage()
	require.NoError(t, err)
	require.Less(t, size, int64(80_000))
}

const killVariable = "UNSTUCK_TEST_PROGRAMS_FOLDER"

func init() {
	folder := os.Getenv(killVariable)
	if folder == "" {
		return
	}
	s, err := Open(folder, 200_000)
	if err != nil {
		panic(err)
	}
	fmt.Println("writing")
	for i := 0; ; i++ {
		if err := s.Put(keyOf(i%500), contentOf(i%500)); err != nil {
			panic(err)
		}
	}
}

// TestKilled kills 50 writers: what is read afterwards is whole, or not there.
func TestKilled(t *testing.T) {
	s := newStore(t, 200_000)
	read := 0
	for i := range 50 {
		writer := exec.Command(os.Args[0], "-test.run=^$")
		writer.Env = append(os.Environ(), killVariable+"="+s.Folder())
		out, err := writer.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, writer.Start())
		_, err = out.Read(make([]byte, 1)) // it writes
		require.NoError(t, err)
		time.Sleep(time.Duration(i%10) * time.Millisecond)
		require.NoError(t, writer.Process.Kill())
		require.Error(t, writer.Wait())
		for k := range 500 {
			if got, ok := s.Get(keyOf(k)); ok {
				require.Equal(t, contentOf(k), got)
				read++
			}
		}
	}
	require.Greater(t, read, 50)
	require.NoError(t, s.trim())
	left, err := filepath.Glob(filepath.Join(s.Folder(), "*partial*"))
	require.NoError(t, err)
	require.Empty(t, left)
}
