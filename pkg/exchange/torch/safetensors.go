package torch

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// WeightsFile is the name of the file with the weights of a program that keeps them in a pickle, as unstuck.save writes it.
const WeightsFile = "weights.safetensors"

// besideIt are the weights of a program that keeps its own in a pickle.
func (p *programJSON) besideIt(read func() (map[string]tensor, error)) (map[string]tensor, error) {
	needs := false
	for _, in := range p.GraphModule.Signature.Inputs {
		needs = needs || in.Parameter != nil || in.Buffer != nil || in.Constant != nil
	}
	if !needs {
		return nil, nil
	}
	weights, err := read()
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("PyTorch %s saved it with its weights in a pickle, which this program never opens: put them beside it as %s, "+
			"which unstuck.save writes, as does safetensors.torch.save_file({**program.constants, **program.state_dict}, %q), or save it again with PyTorch 2.9 or later: %w", p.TorchVersion, WeightsFile, WeightsFile, ErrNotProgram)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", WeightsFile, err)
	}
	for _, in := range p.GraphModule.Signature.Inputs { // which alone says what is trained
		if in.Parameter == nil {
			continue
		}
		if t, ok := weights[in.Parameter.Name]; ok {
			t.still = !p.GraphModule.Graph.TensorValues[in.Parameter.Arg.Name].Trained
			weights[in.Parameter.Name] = t
		}
	}
	return weights, nil
}

func readSafetensorsFile(path string) (map[string]tensor, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() { // a pipe would never end
		return nil, fmt.Errorf("%s is not a regular file: %w", path, ErrNotProgram)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readSafetensors(f, info.Size())
}

// safetensorsTypes are the number types that are read, as PyTorch's ScalarType.
var safetensorsTypes = map[string]int{"U8": 1, "I8": 2, "I16": 3, "I32": 4, "I64": 5, "F16": 6, "F32": 7, "F64": 8, "BOOL": 12, "BF16": 13}

// readSafetensors reads all tensors of a file: the length of a header of JSON in 8 bytes, the header, and the numbers. Its
// "__metadata__" names those that are another's, which is why they aren't there: {"head.weight": "embedding.weight"}, as
// safetensors' own save_model has it.
func readSafetensors(r io.ReaderAt, size int64) (map[string]tensor, error) {
	if size > MaxWeights {
		return nil, fmt.Errorf("%d bytes are more than the %d that are read: %w", size, MaxWeights, ErrNotProgram)
	}
	var length [8]byte
	if _, err := r.ReadAt(length[:], 0); err != nil {
		return nil, fmt.Errorf("it has no header: %w", ErrNotProgram)
	}
	n := binary.LittleEndian.Uint64(length[:])
	if n > MaxGraph || int64(n) > size-8 {
		return nil, fmt.Errorf("its header would have %d bytes: %w", n, ErrNotProgram)
	}
	text := make([]byte, n)
	if _, err := r.ReadAt(text, 8); err != nil {
		return nil, fmt.Errorf("its header: %v: %w", err, ErrNotProgram)
	}
	var header map[string]json.RawMessage
	if err := json.Unmarshal(text, &header); err != nil {
		return nil, fmt.Errorf("its header: %v: %w", err, ErrNotProgram)
	}
	tied := map[string]string{}
	if metadata, ok := header["__metadata__"]; ok {
		if err := json.Unmarshal(metadata, &tied); err != nil {
			return nil, fmt.Errorf("its __metadata__: %v: %w", err, ErrNotProgram)
		}
		delete(header, "__metadata__")
	}
	numbers := io.NewSectionReader(r, 8+int64(n), size-8-int64(n))
	all := map[string]tensor{}
	left := maxValues // entries may name the same bytes
	for name, entry := range header {
		t, err := readSafetensor(numbers, entry, &left)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		t.store = name
		all[name] = t
	}
	for name, other := range tied {
		t, ok := all[other]
		if _, there := all[name]; ok && !there {
			all[name] = t
		}
	}
	return all, nil
}

func readSafetensor(numbers *io.SectionReader, entry json.RawMessage, left *int) (tensor, error) {
	var said struct {
		Type    string   `json:"dtype"`
		Shape   []int64  `json:"shape"`
		Offsets [2]int64 `json:"data_offsets"`
	}
	if err := json.Unmarshal(entry, &said); err != nil {
		return tensor{}, fmt.Errorf("%v: %w", err, ErrNotProgram)
	}
	e, ok := elements[safetensorsTypes[said.Type]]
	if !ok {
		return tensor{}, fmt.Errorf("numbers of type %q aren't read: %w", said.Type, ErrNotProgram)
	}
	var sizes []symInt
	for _, n := range said.Shape {
		sizes = append(sizes, symInt{Int: &n})
	}
	shape, size, err := sizesOf(sizes)
	if err != nil {
		return tensor{}, err
	}
	from, to := said.Offsets[0], said.Offsets[1]
	if from < 0 || to < from || to > numbers.Size() || to-from != int64(size*e.bytes) {
		return tensor{}, fmt.Errorf("bytes %d to %d of %d don't hold shape %v: %w", from, to, numbers.Size(), shape, ErrNotProgram)
	}
	if *left -= size; *left < 0 {
		return tensor{}, fmt.Errorf("with it there are more than %d numbers: %w", maxValues, ErrNotProgram)
	}
	content := make([]byte, to-from)
	if _, err := numbers.ReadAt(content, from); err != nil && size > 0 {
		return tensor{}, fmt.Errorf("%v: %w", err, ErrNotProgram)
	}
	t := tensor{shape: shape, values: make([]float32, size), whole: e.whole}
	for i := range t.values {
		t.values[i] = e.read(content[i*e.bytes:])
	}
	return t, nil
}
