"""What the OpenAPI description says beyond the views: every operation may answer a problem document."""

from messenger.problems import CONTENT_TYPE

_PROBLEM = {
    "type": "object",
    "description": "RFC 9457",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "A sentence for people, in their language."},
        "code": {"type": "string", "description": "Stable; programs decide by it."},
        "errors": {"type": "object", "description": "Messages by input.", "additionalProperties": True},
    },
}


def describe_problems(result: dict, generator, request, public) -> dict:
    """drf-spectacular's postprocessing hook."""
    result["components"].setdefault("schemas", {})["Problem"] = _PROBLEM
    answer = {
        "description": "A refusal.",
        "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for path in result["paths"].values():
        for operation in path.values():
            if isinstance(operation, dict) and "responses" in operation:
                operation["responses"].setdefault("default", answer)
    return result
