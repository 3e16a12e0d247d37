import uuid

from celery import shared_task

from client_area.services import files


@shared_task
def delete_file(file_id: str) -> None:
    files.delete(uuid.UUID(file_id))


@shared_task
def sweep_files() -> int:
    """Delete what fell: a worker that died, a storage that was away. Returns how many went."""
    return sum(files.delete(file_id) for file_id in files.due())
