"""The one function that loads an encoder; the heavy imports wait until one is asked for."""

from index.encoder.protocol import Encoder, EncoderSettings


def load_encoder(settings: EncoderSettings | None = None) -> Encoder:
    """Find, verify and load the model that `settings` name.

    Raises:
        ModelError: it cannot be found, verified or loaded.
    """
    settings = settings or EncoderSettings()
    if settings.runtime == "torch":
        from index.encoder.torch_encoder import TorchEncoder

        return TorchEncoder.load(settings)
    from index.encoder.onnx_encoder import OnnxEncoder

    return OnnxEncoder.load(settings)
