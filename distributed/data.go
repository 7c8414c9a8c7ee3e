package distributed

import (
	"container/list"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"example.com/unstuck/pkg/exchange/wire"
)

// within is how long a try with so many bytes may take. An answer that a server was killed with never comes.
func within(bytes uint64) time.Duration {
	const slowest = 1 << 20 // bytes a second
	return 5*time.Second + time.Duration(float64(bytes)/slowest*float64(time.Second))
}

// size is that of what is set aside under a sum.
func (q *Queue) size(ctx context.Context, sum string) (uint64, error) {
	var size uint64
	err := retry{queue: q}.do(ctx, func(ctx context.Context) error {
		info, err := q.data.GetInfo(ctx, sum)
		if err == nil {
			size = info.Size
		}
		return err
	})
	return size, err
}

// setAside puts content into the object store, unless it is there.
func (q *Queue) setAside(ctx context.Context, sum string, content []byte) error {
	_, err := q.size(ctx, sum)
	if !errors.Is(err, jetstream.ErrObjectNotFound) {
		return err
	}
	return retry{queue: q, each: within(uint64(len(content)))}.do(ctx, func(ctx context.Context) error {
		_, err := q.data.PutBytes(ctx, sum, content)
		return err
	})
}

// brought is what was set aside, checked by its sum.
func (q *Queue) brought(ctx context.Context, sum string) ([]byte, error) {
	size, err := q.size(ctx, sum)
	var content []byte
	if err == nil {
		err = retry{queue: q, each: within(size)}.do(ctx, func(ctx context.Context) (err error) {
			content, err = q.data.GetBytes(ctx, sum)
			return err
		})
	}
	if err != nil {
		return nil, fmt.Errorf("data %.12s: %w", sum, err)
	}
	if got := sha256.Sum256(content); hex.EncodeToString(got[:]) != sum {
		return nil, fmt.Errorf("data %.12s: what is kept there is something else", sum)
	}
	return content, nil
}

// shelf keeps arrays that came from the object store, those used last, as far as its room goes.
type shelf struct {
	queue *Queue
	room  int64

	mutex sync.Mutex
	used  int64
	order *list.List // of arrays, that used last in front
	all   map[string]*list.Element
}

type shelved struct {
	sum    string
	values []float32
}

func newShelf(q *Queue, room int64) *shelf {
	return &shelf{queue: q, room: room, order: list.New(), all: map[string]*list.Element{}}
}

// get is a decoder's Get. One array is brought at a time: workers that begin together want the same.
func (s *shelf) get(ctx context.Context) func(sum string) ([]float32, error) {
	return func(sum string) ([]float32, error) {
		s.mutex.Lock()
		defer s.mutex.Unlock()
		if e := s.all[sum]; e != nil {
			s.order.MoveToFront(e)
			return e.Value.(shelved).values, nil
		}
		content, err := s.queue.brought(ctx, sum)
		if err != nil {
			return nil, err
		}
		values, err := wire.Numbers(content)
		if err != nil {
			return nil, err
		}
		s.all[sum] = s.order.PushFront(shelved{sum, values})
		s.used += int64(len(content))
		for s.used > s.room && s.order.Len() > 1 {
			last := s.order.Remove(s.order.Back()).(shelved)
			delete(s.all, last.sum)
			s.used -= int64(4 * len(last.values))
		}
		return values, nil
	}
}
