from django.apps import AppConfig


class BookingsConfig(AppConfig):
    name = "bookings"

    def ready(self) -> None:
        from bookings import books, commitments, deal, owing, payable
        from bookings.merging import BookingsMove
        from bookings.services.renewing import BookingKeys
        from clients.keys import register as open_with
        from clients.moving import register as move
        from consultants.commitments import register as keep
        from payments.payable import register
        from sessions_app import origin

        register(payable.BookingPayable.payable_kind, payable.load, payable.DOOR, owing.BookingDesk())
        origin.register("booking", deal.find, books.BookingBooks())
        move("bookings", BookingsMove(), order=10)
        open_with("bookings", BookingKeys())
        keep("wait", commitments.Waits())
        keep("booking", commitments.Bookings())
        keep("webinar", commitments.WebinarDates())
