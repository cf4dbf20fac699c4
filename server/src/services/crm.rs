//! The built-in CRM, for the browser that was asked to look.

use app::{error::AppError, ports::Crm};
use async_trait::async_trait;
use domain::{
    customer::{AddCustomer, Booking, CustomerData, MAX_NAME},
    ids::{CallId, CustomerId, LookupId},
    protocol::{ClientMessage, MAX_CLIENT_FRAME, Matches, SignedMatches},
    role::SignedIn,
};

use super::{AppServices, unavailable};

#[async_trait]
impl Crm for AppServices {
    async fn find_customer(&self, who: &SignedIn, call: &CallId, lookup: LookupId) -> Result<SignedMatches, AppError> {
        let seat = who.desk.clone().filter(|_| who.whole_record).ok_or(AppError::Forbidden)?;
        let number = self.exchange.redeem(seat, call.clone(), lookup).await.ok_or(AppError::Forbidden)?;
        let matches =
            Matches { call_id: call.clone(), customers: self.store.matches(&number).await.map_err(unavailable)? };
        let payload = payload_that_fits(matches, lookup)?;
        let signature = self.signer.sign(payload.as_bytes());
        Ok(SignedMatches { payload, signature })
    }

    async fn customer(&self, who: &SignedIn, id: CustomerId) -> Result<(CustomerData, Vec<Booking>), AppError> {
        if !who.role.watches_floor() {
            let exten = &who.desk.as_ref().ok_or(AppError::Forbidden)?.exten;
            if !self.store.has_called(id, exten).await.map_err(unavailable)? {
                return Err(AppError::NotFound);
            }
        }
        let (customer, bookings) = self.store.customer(id).await.map_err(unavailable)?.ok_or(AppError::NotFound)?;
        Ok((if who.whole_record { customer } else { customer.masked() }, bookings))
    }

    async fn add_customer(&self, who: &SignedIn, add: AddCustomer) -> Result<CustomerId, AppError> {
        if !who.whole_record {
            return Err(AppError::Forbidden);
        }
        self.reads(who, &add.call_id).await?;
        let name = words("name", &add.name)?.ok_or_else(|| AppError::Invalid("name: expected one".into()))?;
        let city = words("city", &add.city.unwrap_or_default())?;
        // The number that the card shows now, and not one from before the dialplan set another.
        self.renew_call(&add.call_id).await?;
        let added = self.store.add_caller(&add.call_id, &name, city.as_deref()).await.map_err(unavailable)?;
        let id =
            added.ok_or_else(|| AppError::Invalid("callId: expected a call with a number that is known".into()))?;
        tracing::info!(customer = %id, by = who.login, "A caller was added to the customers");
        Ok(id)
    }
}

/// What somebody typed, on one line; none where that is nothing.
fn words(key: &str, typed: &str) -> Result<Option<String>, AppError> {
    let one_line = typed.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let text = one_line.collect::<Vec<_>>().join(" ");
    let found = text.chars().count();
    if found > MAX_NAME {
        return Err(AppError::Invalid(format!("{key}: expected at most {MAX_NAME} characters, found {found}")));
    }
    Ok(Some(text).filter(|text| !text.is_empty()))
}

/// The matches as JSON. The browser sends it back in one frame, and would be closed for one that is
/// too large: then the least likely customers' notes are left out, and in the end they themselves.
fn payload_that_fits(mut matches: Matches, lookup: LookupId) -> Result<String, AppError> {
    let mut with_notes = matches.customers.len();
    loop {
        let payload = json(&matches)?;
        let signature = "0".repeat(64);
        let frame = ClientMessage::CustomerData { lookup_id: lookup, payload: payload.clone(), signature };
        if json(&frame)?.len() <= MAX_CLIENT_FRAME {
            return Ok(payload);
        }
        match with_notes.checked_sub(1) {
            Some(last) => {
                matches.customers[last].notes.clear();
                with_notes = last;
            }
            None if matches.customers.pop().is_some() => {}
            None => return Err(AppError::Invalid("customer: expected one that fits into a frame".into())),
        }
    }
}

fn json<T: serde::Serialize>(value: &T) -> Result<String, AppError> {
    serde_json::to_string(value).map_err(|error| AppError::Invalid(error.to_string()))
}

#[cfg(test)]
mod tests {
    use domain::customer::{PastNote, TotalBookings, TotalCancellations};
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;

    fn customer(id: i64, note: &str) -> CustomerData {
        CustomerData {
            id: CustomerId(id),
            phone: "+84904859696".into(),
            name: "Nguyễn Văn A".into(),
            last_booking: None,
            total_booking_times: TotalBookings { info: "0".into(), link_details: None },
            total_canceling_times: TotalCancellations { info: "0".into(), last: None },
            since: None,
            city: None,
            bookings: vec![],
            notes: vec![PastNote { at: Timestamp::UNIX_EPOCH, author: "An".into(), text: note.into() }],
        }
    }

    fn fitted(customers: Vec<CustomerData>) -> Vec<CustomerData> {
        let matches = Matches { call_id: "main:1.1".into(), customers };
        let payload = payload_that_fits(matches, LookupId(Uuid::nil())).unwrap();
        serde_json::from_str::<Matches>(&payload).unwrap().customers
    }

    #[test]
    fn the_least_likely_lose_their_notes_first_and_are_left_out_last() {
        let few: Vec<_> = (0..3).map(|id| customer(id, "quiet table")).collect();
        assert_eq!(fitted(few.clone()), few);

        // Quotation marks are escaped twice on the wire.
        let many = fitted((0..50).map(|id| customer(id, &"\"".repeat(1500))).collect());
        assert_eq!(many.len(), 50);
        assert!(!many[0].notes.is_empty() && many[49].notes.is_empty());

        let endless = fitted((0..1000).map(|id| customer(id, "x")).collect());
        assert!(endless.len() > 50 && endless.len() < 1000, "{}", endless.len());
        assert!(endless.iter().map(|it| it.id.0).eq(0..endless.len() as i64));
    }
}
