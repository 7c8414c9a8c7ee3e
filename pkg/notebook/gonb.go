package notebook

import (
	"fmt"
	"time"

	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/protocol"
)

// gonb shows bundles in the notebook through the pipe of the GoNB kernel.
type gonb struct{}

// Live implements [Live].
func (gonb) Live() bool { return true }

// Show implements [Display]. What was printed before stands above the bundle. It returns once the kernel has taken the bundle,
// so that a cell that ends right afterwards, even by an error, loses nothing.
func (gonb) Show(b Bundle) error {
	data := &protocol.DisplayData{
		Data:      make(map[protocol.MIMEType]any, len(b.Data)),
		DisplayID: b.ID,
	}
	for mime, content := range b.Data {
		if mime == PNG {
			data.Data[protocol.MIMEType(mime)] = content // bytes travel as base64
		} else {
			data.Data[protocol.MIMEType(mime)] = string(content)
		}
	}
	if b.Width > 0 && b.Height > 0 {
		size := map[string]int{"width": b.Width, "height": b.Height}
		data.Metadata = map[string]any{PNG: size}
	}
	takenUp()
	if err := flush(2 * time.Second); err != nil { // what the kernel has read of the prints it has passed on by then
		return err
	}
	gonbui.SendData(data)
	if err := gonbui.Error(); err != nil {
		return fmt.Errorf("notebook: the kernel's pipe is closed: %w", err)
	}
	return flush(2 * time.Second)
}

// flush waits until the kernel has answered. GoNB's own Sync waits forever when
// the kernel is gone.
func flush(limit time.Duration) error {
	done := make(chan struct{})
	go func() {
		gonbui.Sync()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-time.After(limit):
		return fmt.Errorf("notebook: the kernel has not taken the output within %s", limit)
	}
}
