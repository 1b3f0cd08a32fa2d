"""Small sentence-transformers models with random weights: other kinds than the one that is installed."""

import json
from pathlib import Path

from tests.embeddings import corpus

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def words(kind: str):
    """Return a tokenizer trained on the corpus, of BERT's kind or XLM-R's."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

    if kind == "xlm-roberta":
        special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
        tokenizer = Tokenizer(models.Unigram())
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
        trainer = trainers.UnigramTrainer(vocab_size=1200, special_tokens=special, unk_token="<unk>")
        ends = ("<s> $A </s>", [("<s>", 0), ("</s>", 2)])
    else:
        tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
        tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
        tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        trainer = trainers.WordPieceTrainer(vocab_size=1200, special_tokens=SPECIAL)
        ends = ("[CLS] $A [SEP]", [("[CLS]", 2), ("[SEP]", 3)])
    tokenizer.train_from_iterator(corpus.TEXTS, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(single=ends[0], special_tokens=ends[1])
    return tokenizer


def body(kind: str, vocabulary: int, hidden: int, seed: int):
    """Return a transformer of two layers with random weights."""
    import torch
    import transformers

    torch.manual_seed(seed)
    sizes = {
        "vocab_size": vocabulary,
        "hidden_size": hidden,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "intermediate_size": 2 * hidden,
        "max_position_embeddings": 130,
    }
    if kind == "bert":
        return transformers.BertModel(transformers.BertConfig(**sizes))
    if kind == "xlm-roberta":
        config = transformers.XLMRobertaConfig(**sizes, pad_token_id=1, type_vocab_size=1)
        return transformers.XLMRobertaModel(config)
    if kind == "mpnet":
        return transformers.MPNetModel(transformers.MPNetConfig(**sizes))
    config = transformers.ModernBertConfig(**sizes, pad_token_id=0, bos_token_id=2, eos_token_id=3)
    config.cls_token_id, config.sep_token_id = 2, 3
    return transformers.ModernBertModel(config)


def make(
    folder: Path,
    kind: str = "bert",
    *,
    hidden: int = 32,
    pooling: str = "mean",
    dense: int = 0,
    prompts: dict[str, str] | None = None,
    seed: int = 0,
) -> Path:
    """Save a model as sentence-transformers does; returns its folder."""
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers import PreTrainedTokenizerFast

    try:
        from sentence_transformers.sentence_transformer.modules import Dense, Normalize, Pooling, Transformer
    except ImportError:
        from sentence_transformers.models import Dense, Normalize, Pooling, Transformer

    tokenizer = words(kind)
    marks = ["<unk>", "<pad>", "<s>", "</s>", "<mask>"] if kind == "xlm-roberta" else [
        "[UNK]", "[PAD]", "[CLS]", "[SEP]", "[MASK]",
    ]  # fmt: skip
    roles = ("unk_token", "pad_token", "cls_token", "sep_token", "mask_token")
    names = dict(zip(roles, marks, strict=True))
    raw = folder / "raw"
    body(kind, tokenizer.get_vocab_size(), hidden, seed).save_pretrained(raw)
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=128, **names).save_pretrained(raw)
    parts = [Transformer(str(raw), max_seq_length=64), Pooling(hidden, pooling_mode=pooling)]
    if dense:
        torch.manual_seed(seed)
        parts.append(Dense(hidden, dense))
    model = SentenceTransformer(modules=[*parts, Normalize()], prompts=prompts, device="cpu")
    model.save(str(folder / "model"), create_model_card=False)
    return folder / "model"


def change(model: Path, name: str, **values: object) -> None:
    """Change some settings in one of a model's files."""
    path = model / name
    found = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps({**found, **values}))
