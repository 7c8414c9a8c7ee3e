package kernels

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/go-zeromq/zmq4"
)

// execute runs code on the kernel that listens at c, as a silent request that leaves no trace in the history, and waits
// for its end. The error holds what the kernel said when the code failed.
func execute(ctx context.Context, c connection, code string) error {
	socket := zmq4.NewDealer(ctx, zmq4.WithAutomaticReconnect(false))
	defer socket.Close()
	if err := socket.Dial(fmt.Sprintf("tcp://%s:%d", c.IP, c.ShellPort)); err != nil {
		return fmt.Errorf("connecting to GoNB: %w", err)
	}
	request, err := newMessage("execute_request", "prelude", nil, map[string]any{
		"code": code, "silent": true, "store_history": false, "allow_stdin": false, "stop_on_error": true,
		"user_expressions": map[string]any{},
	})
	if err != nil {
		return err
	}
	frames, err := request.frames(c.Key)
	if err != nil {
		return err
	}
	if err := socket.SendMulti(zmq4.NewMsgFrom(frames...)); err != nil {
		return fmt.Errorf("sending to GoNB: %w", err)
	}
	for {
		answer, err := socket.Recv()
		if err != nil {
			return fmt.Errorf("waiting for GoNB: %w", errors.Join(err, ctx.Err()))
		}
		reply, err := parseMessage(answer.Frames, c.Key)
		if err != nil {
			return fmt.Errorf("GoNB's answer: %w", err)
		}
		if reply.Header.Type == "execute_reply" && reply.parentID() == request.Header.ID {
			return failure(reply.Content)
		}
	}
}

// failure returns the error in the content of an execute_reply, or nil.
func failure(content json.RawMessage) error {
	var result struct {
		Status, Ename, Evalue string
	}
	if err := json.Unmarshal(content, &result); err != nil {
		return fmt.Errorf("GoNB's answer: %w", err)
	}
	if result.Status != "ok" {
		return fmt.Errorf("%s: %s", result.Ename, result.Evalue)
	}
	return nil
}
