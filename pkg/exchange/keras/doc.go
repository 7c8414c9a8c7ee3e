// Package keras reads models written in Keras 3 into nn, optim and loss: `.keras` and legacy `.h5` files with their
// weights ([ReadModel]) and a bare config.json ([ReadConfig]).
//
// Sequential and functional models are read, with several inputs and outputs, too. The meaning is Keras':
// the same weights give the same predictions, the same batches the same training. What isn't supported —
// a layer, an option that changes the result, another number type — is an error that names its path in
// the file, all such places at once:
//
//	config.layers[2] (ConvLSTM2D "conv_lstm2d"): layers of class ConvLSTM2D are not supported
//	config.layers[1].config.stateful: needs an input that says how many rows all batches have, and as many in fit and predict: keras.Input(batch_shape=(32, …))
//
// A key that is absent has the default of Keras' own constructor, from defaults.json; a null where Keras has another
// default is refused. A class or function whose module isn't Keras', or that is registered under another name, is
// somebody's own and refused, whatever it is called. Number types other than float32 are refused, but for whole
// numbers that an Embedding takes.
//
// Layers that take strings, or look whole numbers up, are read directly behind an input, and stand ahead of the model, in
// [training.Training.Encodings]: the Model takes what they make. Vocabularies come from the configuration or the assets of the
// file, of at most [MaxVocabulary] bytes.
//
// Keras itself doesn't write everything down: Huber's delta is lost in its files, and is 1 for whoever reads them.
// Seeds of initializers and of dropout are not taken over: another library draws other numbers.
//
// Files are data here: nothing in them is executed or imported. Lambda layers, custom classes and pickled
// functions are refused. No file makes this package panic or loop without end; what it may claim of memory is
// bounded by [MaxConfig], [MaxWeights], [MaxLayers], [MaxName] and [MaxParameters].
//
// Keras 2's files (tf.keras; model.to_json, model.save) are read where they say the same in other words. They are told by the
// version in them; what means something else there is read as that, such as Keras 2's hard_sigmoid, or refused by its place.
package keras

// Limits on what a file may hold. Reading one takes memory for its content and a small multiple of that for
// what is made of it.
const (
	MaxConfig  = 16 << 20 // bytes of config.json
	MaxWeights = 1 << 30  // bytes of model.weights.h5
	MaxLayers  = 4096     // layers of a model
	MaxName    = 1024     // bytes of a layer's name
	// MaxParameters bounds what a model may come to: its weights together, and the values of one row
	// between two layers.
	MaxParameters = 1 << 28
)

const maxSize = 1 << 24 // units, features or vectors of a single layer
