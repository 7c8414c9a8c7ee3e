package doctor

import "example.com/unstuck/pkg/nn"

var batchNormalization = Treatment{
	Text:  "batch normalization after every hidden Dense layer",
	Go:    "nn.Dense{…}, nn.BatchNormalization{}, nn.ReLU{} // each hidden layer",
	Keras: "keras.layers.Dense(…), keras.layers.BatchNormalization(), keras.layers.Activation(…)  # each hidden layer",
	Apply: func(c Case) (Case, error) {
		h, _ := headOf(c.Model)
		names, err := c.Model.Names()
		if err != nil {
			return c, err
		}
		var out nn.Sequential
		for i, l := range c.Model {
			d, dense := bare(l).(nn.Dense)
			if !dense || i >= h.at {
				out = append(out, l)
				continue
			}
			activation := d.Activation
			out = append(out, mapLayer(l, func(l nn.Layer) nn.Layer {
				d := l.(nn.Dense)
				d.Activation = nil
				return d
			}), nn.BatchNormalization{Name: names[i] + "_normalized"})
			if activation != nil {
				out = append(out, nn.Renamed{Name: names[i] + "_activation", Layer: activation})
			}
		}
		c.Model = out
		return c, nil
	},
}
